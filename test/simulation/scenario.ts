/** Everything a seed decides before the first event: the program, the fleet, the weather. */
import type { ReplayMode } from "../../src/engine/services.ts";
import { enriched } from "./enrich.ts";
import { type Node, programOf } from "./program.ts";
import { Random } from "./random.ts";
import { type Kind, streamsOf, type Variety, varietyOf } from "./variety.ts";

export interface Action {
  /** After the run was started, or after something was first seen: `step.started`, `executes s1`. */
  afterMs: number;
  once: string | undefined;
  what: "cancel" | "terminate";
  gracePeriodMs: number | undefined;
  /** Who gets no answer asks again, this much later. */
  againAfterMs: number | undefined;
}

export interface Stray {
  afterMs: number;
  task?: number;
  claim?: string;
  timer?: number;
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
  /** Which messages the queue keeps, whatever the weather. */
  delivery: "all" | "sweeps" | "none";
  /** How often somebody calls for a look at the run, whatever messages there are. */
  visitEveryMs: number | undefined;
  /** Deliveries that nothing called for. */
  strays: Stray[];
  sweepEveryMs: number | undefined;
  /** Whether a sweep announces what falls due before the next. */
  sweepAhead: boolean;
  leaseMs: number;
  watchdogMs: number;
  startAtMs: number | undefined;
  maxDurationMs: number | undefined;
  actions: Action[];
  variety: Variety;
}

/** More than there are in any world: a process that keeps so many forgets none. */
export const MANY_RUNS = 500;

/** How long a process stands still at most. */
export const LONGEST_STALL_MS = 25_000;

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

/** @param kinds what there was besides when the seed was found. */
export function scenarioOf(seed: number, kinds?: readonly Kind[]): Scenario {
  const streams = streamsOf(seed, kinds);
  const random = new Random(`scenario/${seed}`);
  const weather = weatherOf(random);
  const delivery = random.chance(0.9)
    ? "all"
    : random.pick<Scenario["delivery"]>(["sweeps", "none"]);
  const visibilityMs = random.pick([3000, 10_000, 30_000]);
  const sweepless =
    delivery === "none" ||
    (delivery === "all" && keepsMessages(weather, visibilityMs) && random.chance(0.5));
  const functionMs = random.chance(0.2) ? random.between(20_000, 60_000) : undefined;
  return {
    seed,
    program: enriched(programOf(seed), streams, { sweepless, seed }),
    weather,
    calmAfterMs: random.between(20_000, 90_000),
    replay: random.pick(["live", "live", "live", "live", "verify", "cold"]),
    cachedRuns: random.pick([MANY_RUNS, MANY_RUNS, MANY_RUNS, 1, 0]),
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
    visibilityMs,
    delivery,
    visitEveryMs: delivery === "none" ? random.between(1000, 30_000) : undefined,
    strays: straysOf(random),
    sweepEveryMs: sweepless ? undefined : sweepEvery(random, delivery),
    sweepAhead: random.chance(0.5),
    leaseMs: random.pick([1000, 3000, 15_000, 60_000]),
    watchdogMs: random.pick([5000, 20_000, 60_000]),
    startAtMs: random.chance(0.1) ? random.between(0, 5000) : undefined,
    maxDurationMs: random.chance(0.08) ? random.between(100, 20_000) : undefined,
    actions: actionsOf(random, sweepless),
    variety: varietyOf(seed, streams, { sweepless }),
  };
}

/**
 * Whether every message is kept until what it asks for is arranged: then nothing may depend on the
 * sweep. One is not if it is lost, or refused to one who holds no other; nor if a process that stands
 * still holds it for longer than it stays hidden, so that somebody else has it when that process dies.
 */
function keepsMessages(weather: Weather, visibilityMs: number): boolean {
  const { lostMessage, refused, outagesPerMinute, stallsPerMinute } = weather;
  const isHeldTooLong = stallsPerMinute > 0 && visibilityMs <= LONGEST_STALL_MS;
  return lostMessage === 0 && refused === 0 && outagesPerMinute === 0 && !isHeldTooLong;
}

/** Where nothing but sweeps is heard, a run takes hours. */
function sweepEvery(random: Random, delivery: Scenario["delivery"]): number {
  return delivery === "sweeps" ? 60_000 : random.pick([1000, 5000, 10_000]);
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

function straysOf(random: Random): Stray[] {
  if (random.chance(0.7)) return [];
  return Array.from({ length: random.between(1, 8) }, () => {
    const afterMs = random.between(0, random.pick([100, 3000, 30_000]));
    const task = random.between(0, 8);
    return random.pick<Stray>([
      { afterMs },
      { afterMs },
      { afterMs, task },
      { afterMs, claim: "of long ago" },
      { afterMs, timer: Date.UTC(2030, 0, 1) + random.between(0, 60_000) },
    ]);
  });
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
