/** What happens to a fleet of runs, all of it drawn from a seed. */
import { Random } from "../../simulation/random.ts";
import { PLACES } from "../deployment/journey.ts";

export interface PlannedRun {
  runId: string;
  seed: string;
  /** Goes on until it is cancelled. Where it does not, the cancellation may come too late. */
  endless: boolean;
  /** Somebody has to answer it before it sets out. */
  asks: boolean;
  /** It has a child, which goes on as long as it does. */
  escorted: boolean;
  cancel: PlannedCancel | undefined;
}

/** Comes so long after the run's steps have had so many effects, however fast the machine is. */
export interface PlannedCancel {
  afterEffects: number;
  afterMs: number;
  /** Comes once more, so long after the first was answered. */
  againAfterMs: number | undefined;
}

export type Misfortune = { type: "kill" } | Outage;

export type Outage =
  /** The server is killed, and started again over what it kept. */
  | { type: "restart-dynamodb"; downMs: number }
  /** The queue does not answer for a while, and keeps its messages. */
  | { type: "close-queue"; downMs: number }
  /** The queue's server is killed, and comes back without a single message. */
  | { type: "empty-queue"; downMs: number };

export interface Plan {
  seed: string;
  runs: PlannedRun[];
  /** They come one after the other, spread over what the fleet does. */
  misfortunes: Misfortune[];
}

export interface Size {
  runs: number;
  cancels: number;
  kills: number;
}

/** As many outages as it takes for one of each kind in every such number of kills. */
const KILLS_TO_AN_OUTAGE = 50;
/** This share of the runs that are cancelled. */
const ENDLESS = 0.7;
/** One run in so many waits for an answer, cancelled ones too. */
const ASKS = 5;
/** One run in so many has a child, cancelled ones too. */
const ESCORTED = 8;
/** The longest rest of a journey, so that cancels hit those too. */
const LATEST_CANCEL_MS = 2_500;

export function planOf(seed: string, { runs, cancels, kills }: Size): Plan {
  const random = new Random(`kill/${seed}`);
  const planned = Array.from({ length: runs }, (_, index) => ({
    runId: `run-${index}`,
    seed: `${seed}/${index}`,
    endless: index < cancels * ENDLESS,
    asks: index % ASKS === 0,
    escorted: index % ESCORTED === 1,
    cancel: index < cancels ? cancelOf(random) : undefined,
  }));
  const downMs = (): number => random.between(500, 2_000);
  const rounds = Math.max(1, Math.round(kills / KILLS_TO_AN_OUTAGE));
  const misfortunes: Misfortune[] = [
    ...Array.from({ length: kills }, () => ({ type: "kill" }) as const),
    ...Array.from({ length: rounds }).flatMap(() => [
      { type: "restart-dynamodb", downMs: downMs() } as const,
      { type: "close-queue", downMs: downMs() } as const,
      { type: "empty-queue", downMs: downMs() } as const,
    ]),
  ];
  return { seed, runs: shuffled(planned, random), misfortunes: shuffled(misfortunes, random) };
}

function cancelOf(random: Random): PlannedCancel {
  return {
    afterEffects: random.between(0, PLACES),
    afterMs: random.between(0, random.pick([50, 300, LATEST_CANCEL_MS])),
    againAfterMs: random.chance(0.3) ? random.between(0, 1_000) : undefined,
  };
}

export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const left = [...items];
  const row: Item[] = [];
  while (left.length > 0) row.push(...left.splice(random.between(0, left.length - 1), 1));
  return row;
}
