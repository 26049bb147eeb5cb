/** What replaying a log comes to: where the workflow's code stands after its last entry. */
import type { PendingCommand } from "./commands/index.ts";
import type { DetentError } from "./errors.ts";
import type { Encoded } from "./value.ts";

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
