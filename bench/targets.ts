/** What the engine is to reach. Units are exact; times are ratios, which noise can still disturb. */
import type { CancelMeasurement, CancelName } from "./cancel-latency.ts";
import type { PieceMeasurement } from "./pieces.ts";
import type { Measurement, Side } from "./rounds.ts";
import type { ScenarioName } from "./scenarios.ts";
import { median } from "./statistics.ts";
import type { Wide } from "./wide.ts";

export interface Results {
  scenarios: readonly Measurement[];
  cancels: readonly CancelMeasurement[];
  pieces: readonly PieceMeasurement[];
  wide: readonly Wide[];
}

export type TargetKind = "count" | "time";

export interface Verdict {
  what: string;
  kind: TargetKind;
  atMost: number;
  measured: number;
  reached: boolean;
  /** What it was measured on. */
  of: readonly ScenarioName[];
}

interface Target {
  what: string;
  kind: TargetKind;
  atMost: number;
  of: readonly ScenarioName[];
  measure(...of: readonly Measurement[]): number;
}

/** A claim and a completion. */
const UNITS_OF_STEP = 2;

const TARGETS: readonly Target[] = [
  writes("sequential-100", 2.15),
  writes("sequential-1000", 2.03),
  writes("parallel-100", 3.3),
  writes("parallel-500", 3),
  writes("runs-of-5", 4.8),
  {
    what: "write units of a run beside its steps",
    kind: "count",
    atMost: 14,
    of: ["runs-of-5"],
    measure: (run) => (run ? fixedCost(run) : Number.NaN),
  },
  reads("sequential-100", 0.1),
  reads("sequential-1000", 0.1),
  reads("parallel-500", 1),
  reads("runs-of-5", 0.1),
  {
    what: "time a step: 1000 sequential steps, to 100",
    kind: "time",
    atMost: 1.25,
    of: ["sequential-1000", "sequential-100"],
    measure: (long, short) => (long && short ? growth(long, short) : Number.NaN),
  },
  {
    what: "time a step: 100 sequential steps, to the floor",
    kind: "time",
    atMost: 1.5,
    of: ["sequential-100"],
    measure: (each) => each?.timeRatio ?? Number.NaN,
  },
];

const MOST_ROUND_TRIPS = { of: "cancel-sleep" satisfies CancelName, atMost: 12 };

/** How each target stands whose scenarios were measured. */
export function judge({
  scenarios = [],
  cancels = [],
  pieces = [],
  wide = [],
}: Partial<Results>): Verdict[] {
  const ofScenarios = TARGETS.flatMap(({ measure, ...target }) => {
    const measured = target.of.flatMap(
      (name) => scenarios.find(({ scenario }) => scenario.name === name) ?? [],
    );
    return measured.length < target.of.length ? [] : [verdict(target, measure(...measured))];
  });
  const verdicts = [...ofScenarios, ...pieces.flatMap(judgePiece), ...judgeWide(wide)];
  const cancel = cancels.find(({ name }) => name === MOST_ROUND_TRIPS.of);
  if (!cancel) return verdicts;
  const what = "store round trips from the cancel of a sleeping run to its end";
  const { atMost } = MOST_ROUND_TRIPS;
  return [...verdicts, verdict({ what, kind: "count", atMost, of: [] }, cancel.roundTrips)];
}

function judgePiece(piece: PieceMeasurement): Verdict[] {
  const { title, atMost, write, atMostMessages, messages } = piece;
  const units = verdict({ what: `write units: ${title}`, kind: "count", atMost, of: [] }, write);
  if (atMostMessages === undefined || messages === undefined) return [units];
  const sent = { what: `messages: ${title}`, kind: "count", atMost: atMostMessages } as const;
  return [units, verdict({ ...sent, of: [] }, messages)];
}

const WIDE_COUNTS = [
  { what: "messages a step", atMost: 1.01, field: "messagesPerStep" },
  { what: "store calls a step", atMost: 2.6, field: "callsPerStep" },
] as const;

/** Beside what a step costs: that cost grows with nothing. */
function judgeWide(wide: readonly Wide[]): Verdict[] {
  const [narrow, widest] = [wide.at(0), wide.at(-1)];
  if (!narrow || !widest) return [];
  const counts = WIDE_COUNTS.flatMap(({ what, atMost, field }) =>
    wide.map((each) =>
      verdict(
        { what: `${what}: ${each.steps} in memory`, kind: "count", atMost, of: [] },
        each[field],
      ),
    ),
  );
  const ratios = widest.cpuByRound.map(
    (ms, round) => ms / (narrow.cpuByRound[round] ?? Number.NaN),
  );
  const growing = `CPU a step in memory: ${widest.steps} parallel steps, to ${narrow.steps}`;
  const after = `CPU of small runs right after ${widest.steps} parallel steps, to before`;
  return [
    ...counts,
    verdict({ what: growing, kind: "time", atMost: 1.3, of: [] }, median(ratios)),
    verdict({ what: after, kind: "time", atMost: 1.3, of: [] }, widest.smallRunsRatio),
  ];
}

function verdict(target: Omit<Target, "measure">, measured: number): Verdict {
  // A sum of fractions may miss a whole number by a hair.
  return { ...target, measured, reached: measured <= target.atMost + 1e-9 };
}

function writes(of: ScenarioName, atMost: number): Target {
  return perStep("write units a step", of, atMost, ({ writePerStep }) => writePerStep);
}

function reads(of: ScenarioName, atMost: number): Target {
  return perStep("read units a step", of, atMost, ({ readPerStep }) => readPerStep);
}

function perStep(
  what: string,
  of: ScenarioName,
  atMost: number,
  field: (side: Side) => number,
): Target {
  return {
    what: `${what}: ${of}`,
    kind: "count",
    atMost,
    of: [of],
    measure: (each) => (each ? field(each.engine) : Number.NaN),
  };
}

/** What a run costs whose steps are free. */
export function fixedCost({ engine, scenario: { steps } }: Measurement): number {
  return (engine.writePerStep - UNITS_OF_STEP) * steps;
}

/** The median over the rounds, in each of which both were measured. */
function growth(long: Measurement, short: Measurement): number {
  return median(long.msByRound.map((ms, round) => ms / (short.msByRound[round] ?? Number.NaN)));
}
