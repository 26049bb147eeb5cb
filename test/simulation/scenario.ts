/** Everything a seed decides before the first event: the program, the fleet, the weather. */
import type { ReplayMode } from "../../src/engine/parts.ts";
import { type Node, programOf } from "./program.ts";
import { Random } from "./random.ts";

export interface Action {
  /** After the run was started, or after something was first seen: `step.started`, `executes s1`. */
  afterMs: number;
  once: string | undefined;
  what: "cancel" | "terminate";
  gracePeriodMs: number | undefined;
  /** Who gets no answer asks again, this much later. */
  againAfterMs: number | undefined;
}

/** Probabilities, per call, message or process and minute. */
export interface Weather {
  refused: number;
  answerLost: number;
  diesBefore: number;
  diesAfter: number;
  slowCall: number;
  lostMessage: number;
  twinMessage: number;
  lateMessage: number;
  killsPerMinute: number;
  stallsPerMinute: number;
  /** For some seconds nothing outside can be reached. */
  outagesPerMinute: number;
}

export interface Scenario {
  /** What everything else is drawn from. */
  seed: number;
  program: Node;
  weather: Weather;
  /** From then on nothing goes wrong any more. */
  calmAfterMs: number;
  replay: ReplayMode;
  cachedRuns: number;
  fleet: {
    most: number;
    /** Turns that one process takes at once. */
    turns: number;
    /** How long a function may run before it is ended, where the platform says so. */
    functionMs: number | undefined;
    /** How far clocks are apart, and whether they jump. */
    clocks: { apartMs: number; jump: boolean };
  };
  visibilityMs: number;
  sweepEveryMs: number | undefined;
  /** Whether a sweep announces what falls due before the next. */
  sweepAhead: boolean;
  leaseMs: number;
  watchdogMs: number;
  startAtMs: number | undefined;
  maxDurationMs: number | undefined;
  actions: Action[];
}

export const FAIR: Weather = {
  refused: 0,
  answerLost: 0,
  diesBefore: 0,
  diesAfter: 0,
  slowCall: 0,
  lostMessage: 0,
  twinMessage: 0,
  lateMessage: 0,
  killsPerMinute: 0,
  stallsPerMinute: 0,
  outagesPerMinute: 0,
};

export function scenarioOf(seed: number): Scenario {
  const random = new Random(`scenario/${seed}`);
  const weather = weatherOf(random);
  // Where no message is ever lost, nothing may depend on the sweep.
  const sweepless = weather.lostMessage === 0 && random.chance(0.5);
  const functionMs = random.chance(0.2) ? random.between(20_000, 60_000) : undefined;
  return {
    seed,
    program: programOf(seed),
    weather,
    calmAfterMs: random.between(20_000, 90_000),
    replay: random.pick(["live", "live", "live", "live", "verify", "cold"]),
    cachedRuns: random.pick([500, 500, 500, 1, 0]),
    fleet: {
      most: random.between(1, 4),
      turns: functionMs === undefined ? random.pick([1, 4, 32]) : 1,
      functionMs,
      clocks: random.pick([
        { apartMs: 0, jump: false },
        { apartMs: 2000, jump: false },
        { apartMs: 2000, jump: false },
        { apartMs: 2000, jump: true },
        { apartMs: 20_000, jump: true },
      ]),
    },
    visibilityMs: random.pick([3000, 10_000, 30_000]),
    sweepEveryMs: sweepless ? undefined : random.pick([1000, 5000, 10_000]),
    sweepAhead: random.chance(0.5),
    leaseMs: random.pick([1000, 3000, 15_000]),
    watchdogMs: random.pick([5000, 20_000, 60_000]),
    startAtMs: random.chance(0.1) ? random.between(0, 5000) : undefined,
    maxDurationMs: random.chance(0.08) ? random.between(100, 20_000) : undefined,
    actions: actionsOf(random, sweepless),
  };
}

function weatherOf(random: Random): Weather {
  if (random.chance(0.15)) return FAIR;
  const often = random.pick([0.003, 0.01, 0.03, 0.08]);
  const maybe = (probability: number): number => (random.chance(0.6) ? probability : 0);
  return {
    refused: maybe(often),
    answerLost: maybe(often),
    diesBefore: maybe(often),
    diesAfter: maybe(often),
    slowCall: maybe(often * 2),
    lostMessage: random.chance(0.4) ? often * 2 : 0,
    twinMessage: maybe(often * 4),
    lateMessage: maybe(often * 4),
    killsPerMinute: maybe(random.between(1, 6)),
    stallsPerMinute: maybe(random.between(1, 10)),
    outagesPerMinute: random.chance(0.3) ? random.between(1, 10) : 0,
  };
}

/** Without a sweep, who gets no answer has to ask again. */
function actionsOf(random: Random, sweepless: boolean): Action[] {
  const howMany = random.pick([0, 1, 1, 2, 2, 3]);
  const horizonMs = random.pick([300, 1500, 5000, 20_000]);
  return Array.from({ length: howMany }, () => {
    const once = random.chance(0.7) ? random.pick(OCCASIONS) : undefined;
    return {
      afterMs:
        once === undefined
          ? random.between(10, horizonMs)
          : random.between(0, random.pick([15, 300])),
      once,
      what: random.chance(0.08) ? "terminate" : "cancel",
      gracePeriodMs: random.chance(0.15) ? random.between(0, 20_000) : undefined,
      againAfterMs: sweepless || random.chance(0.8) ? random.between(500, 5000) : undefined,
    };
  });
}

/** When it is worth asking a run to stop. */
const OCCASIONS = [
  "executes s0",
  "executes s0",
  "executes s1",
  "executes s1",
  "executes s2",
  "executes s3",
  "step.scheduled",
  "step.retrying",
  "step.completed",
  "sleep.started",
  "cancellation.requested",
  "cancellation.delivered",
] as const;
