import { errorsIn } from "../causes.ts";
import { textIn } from "../thrown.ts";
import { ChildFailedError } from "./child-errors.ts";
import { DetentError, type ErrorOptions } from "./detent-error.ts";

/** Delivered to workflow and step code when its run was asked to stop. */
export class CancellationError extends DetentError<"run.cancelled"> {
  readonly reason?: string;
  readonly requestedBy?: string;
  readonly requestedAt: Date;
  /** The run that was asked to stop. */
  readonly runId?: string;

  constructor(
    details: {
      reason?: string | undefined;
      requestedBy?: string | undefined;
      requestedAt?: Date | undefined;
      runId?: string | undefined;
    } = {},
    options?: ErrorOptions,
  ) {
    const who = details.requestedBy === undefined ? "" : ` by ${details.requestedBy}`;
    const why = details.reason === undefined ? "" : `: ${details.reason}`;
    super("run.cancelled", `The run was cancelled${who}${why}`, options);
    if (details.reason !== undefined) this.reason = details.reason;
    if (details.requestedBy !== undefined) this.requestedBy = details.requestedBy;
    this.requestedAt = details.requestedAt ?? new Date(0);
    if (details.runId !== undefined) this.runId = details.runId;
  }
}

/**
 * True for a `CancellationError` of the run, also as the `cause` of another error or inside an
 * `AggregateError`. One that names no run was made by the code that throws it, and is the run's own.
 * @param runId without it, the cancellation of any run counts.
 */
export function isCancellationOf(runId: string | undefined, error: unknown): boolean {
  // What a child failed with is the child's own affair.
  const isChilds = (each: unknown): boolean => each instanceof ChildFailedError;
  return errorsIn(error, isChilds).some((each) => {
    if (!(each instanceof CancellationError)) return false;
    const asked = textIn(each, "runId");
    return runId === undefined || asked === undefined || asked === runId;
  });
}
