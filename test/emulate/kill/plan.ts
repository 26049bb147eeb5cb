/** What happens to a fleet of runs, all of it drawn from a seed. */
import { Random } from "../../simulation/random.ts";

export interface PlannedRun {
  runId: string;
  seed: string;
  /** Goes on until it is cancelled. */
  cancelled: boolean;
}

/** One misfortune, and how long it is quiet after it. */
export interface Event {
  what:
    | { type: "kill" }
    /** Comes so long after the run was started, whatever happens meanwhile. */
    | { type: "cancel"; runId: string; afterMs: number }
    /** The server is killed, and started again over what it kept. */
    | { type: "restart-dynamodb"; downMs: number }
    /** The queue does not answer for a while, and keeps its messages. */
    | { type: "close-queue"; downMs: number }
    /** The queue's server is killed, and comes back without a single message. */
    | { type: "empty-queue"; downMs: number };
  thenMs: number;
}

export interface Plan {
  seed: string;
  runs: PlannedRun[];
  events: Event[];
}

export interface Size {
  runs: number;
  cancels: number;
  kills: number;
}

/** As many outages as it takes for one of each kind in every such number of kills. */
const KILLS_TO_AN_OUTAGE = 50;
/** About as long as a run takes that nothing befalls. */
const LATEST_CANCEL_MS = 12_000;

export function planOf(seed: string, { runs, cancels, kills }: Size): Plan {
  const random = new Random(`kill/${seed}`);
  const planned = Array.from({ length: runs }, (_, index) => ({
    runId: `run-${index}`,
    seed: `${seed}/${index}`,
    cancelled: index < cancels,
  }));
  const downMs = (): number => random.between(500, 2_000);
  const rounds = Math.max(1, Math.round(kills / KILLS_TO_AN_OUTAGE));
  const whats: Event["what"][] = [
    ...Array.from({ length: kills }, () => ({ type: "kill" }) as const),
    ...planned
      .filter(({ cancelled }) => cancelled)
      .map(({ runId }) => ({
        type: "cancel" as const,
        runId,
        afterMs: random.between(0, LATEST_CANCEL_MS),
      })),
    ...Array.from({ length: rounds }).flatMap(() => [
      { type: "restart-dynamodb", downMs: downMs() } as const,
      { type: "close-queue", downMs: downMs() } as const,
      { type: "empty-queue", downMs: downMs() } as const,
    ]),
  ];
  const events = shuffled(whats, random).map((what) => ({ what, thenMs: random.between(0, 400) }));
  return { seed, runs: shuffled(planned, random), events };
}

export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const left = [...items];
  const row: Item[] = [];
  while (left.length > 0) row.push(...left.splice(random.between(0, left.length - 1), 1));
  return row;
}
