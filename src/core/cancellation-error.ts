import { errorsIn } from "./causes.ts";
import { DetentError, type ErrorOptions } from "./detent-error.ts";

/** Delivered to workflow and step code when its run was asked to stop. */
export class CancellationError extends DetentError<"run.cancelled"> {
  readonly reason?: string;
  readonly requestedBy?: string;
  readonly requestedAt: Date;

  constructor(
    details: {
      reason?: string | undefined;
      requestedBy?: string | undefined;
      requestedAt?: Date | undefined;
    } = {},
    options?: ErrorOptions,
  ) {
    const who = details.requestedBy === undefined ? "" : ` by ${details.requestedBy}`;
    const why = details.reason === undefined ? "" : `: ${details.reason}`;
    super("run.cancelled", `The run was cancelled${who}${why}`, options);
    if (details.reason !== undefined) this.reason = details.reason;
    if (details.requestedBy !== undefined) this.requestedBy = details.requestedBy;
    this.requestedAt = details.requestedAt ?? new Date(0);
  }
}

/**
 * True for a `CancellationError`, also as the `cause` of another error or inside an
 * `AggregateError`.
 */
export function isCancellation(error: unknown): boolean {
  return findCancellation(error) !== undefined;
}

/** The `CancellationError` in an error, its causes and its aggregated errors, if there is one. */
function findCancellation(error: unknown): CancellationError | undefined {
  return errorsIn(error).find((each) => each instanceof CancellationError);
}
