/**
 * What a log says so far. Only commands that are still open are kept: what is settled is history,
 * and the replay checks it against the log itself.
 */
import type { Encoded } from "./value.ts";

/** A step that has been recorded and is not settled. */
export interface OpenStep {
  kind: "step";
  command: number;
  name: string;
  shielded: boolean;
  /** The last attempt that was recorded; of a scheduled one, the first it may make. */
  attempt: number;
  phase:
    | { type: "running"; claim: string; lease: number }
    /**
     * Runs as a task; what becomes of it is in the task's own item until it is absorbed. `after`
     * are the tasks that were absorbed by the entry which scheduled it.
     */
    | { type: "scheduled"; at: number; after: readonly number[] }
    | { type: "retrying"; retryAt: number; error: Encoded }
    /** Ended by the cancellation that is still to be delivered. */
    | { type: "cancelled" };
}

export interface OpenSleep {
  kind: "sleep";
  command: number;
  name: "sleep";
  shielded: boolean;
  until: number;
}

export type OpenCommand = OpenStep | OpenSleep;

export interface CancellationState {
  reason?: string | undefined;
  requestedBy?: string | undefined;
  requestedAt: number;
  /** The time that clean-up has from the delivery on. */
  gracePeriodMs: number;
  delivered?: Delivery;
  /** Shielded step commands first recorded after the delivery: the clean-up. */
  cleanupSteps: number;
}

export interface Delivery {
  at: number;
  checkpoint: string;
  /** When clean-up must have ended; then the run is terminated. */
  deadline: number;
}

export interface RunState {
  workflow: string;
  version: string;
  startedAt: number;
  input: Encoded;
  /** No code of the run may run before. */
  startAt?: number;
  /** Where the next entry goes. */
  position: number;
  /** When the last entry was written. */
  at: number;
  open: ReadonlyMap<number, OpenCommand>;
  cancellation?: CancellationState;
  ended?: "completed" | "failed" | "cancelled" | "terminated";
  /** Who ended it at once, and why. */
  termination?: TerminationState;
}

export interface TerminationState {
  reason?: string | undefined;
  requestedBy?: string | undefined;
}

export function openSteps(state: RunState): OpenStep[] {
  return [...state.open.values()].filter((command) => command.kind === "step");
}

/** The unabsorbed tasks. */
export function openTasks(state: RunState): OpenStep[] {
  return openSteps(state).filter(({ phase }) => phase.type === "scheduled");
}

/** When the run began: delayed ones begin at the time they were given. */
function beganAt({ startedAt, startAt }: RunState): number {
  return Math.max(startedAt, startAt ?? startedAt);
}

/**
 * When time stops the run whatever it does: its clean-up's grace ends, or its longest duration. From
 * a request to its delivery nothing does: what executes is let finish.
 */
export function deadlineOf(state: RunState, maxDurationMs: number | undefined): number | undefined {
  if (state.cancellation) return state.cancellation.delivered?.deadline;
  return maxDurationMs === undefined ? undefined : beganAt(state) + maxDurationMs;
}
