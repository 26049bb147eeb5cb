/** What replaying a log comes to: where the workflow's code stands after its last entry. */
import type { DetentError } from "./errors.ts";
import type { StepPolicy } from "./retry.ts";
import type { Encoded } from "./value.ts";

/** A command the code has issued and that has no result yet. */
export type PendingCommand = PendingStep | PendingSleep;

export interface PendingStep {
  kind: "step";
  command: number;
  name: string;
  shielded: boolean;
  /** The delivery window in which it was issued, counted from the start. */
  window: number;
  /** `false` if its shield was open before the delivery already. */
  cleanup?: false;
  policy: StepPolicy;
  /** Runs the step's code. */
  call: () => unknown;
}

export interface PendingSleep {
  kind: "sleep";
  command: number;
  name: string;
  shielded: boolean;
  window: number;
  cleanup?: false;
  wake: { afterMs: number } | { at: number };
}

/** How the workflow function ended. */
export type Ending =
  | { type: "completed"; output: Encoded }
  | { type: "threw"; error: Encoded; cancellation: boolean };

export interface Outcome {
  /** What has no result yet, by command, in the order in which it was issued. */
  pending: ReadonlyMap<number, PendingCommand>;
  /** Those of them that the log does not know yet. */
  unrecorded: ReadonlyMap<number, PendingCommand>;
  /** The windows of the calls of `checkCancellation()` that wait for the delivery, in their order. */
  waitingChecks: readonly number[];
  openShields: number;
  ending?: Ending;
  /** Why this log cannot be replayed by this code. */
  fault?: DetentError;
  /** The code swallows cancellations in a loop. */
  runaway: boolean;
}
