/** The errors that a replay delivers to workflow code, the same ones at every replay. */
import type { CancellationNews } from "../../authoring/context.ts";
import { errorsIn } from "../../core/causes.ts";
import { CancellationError } from "../../core/errors.ts";
import { isError } from "../../core/thrown.ts";
import { decode, type Encoded } from "../../core/value.ts";
import { guard } from "./rejection-guard.ts";

/** @param cause why a step failed which the cancellation kept from being retried. */
export function cancellationOf(
  runId: string,
  request: CancellationNews | undefined,
  cause?: Encoded,
): CancellationError {
  const options = cause === undefined ? {} : { cause: decode(cause) };
  return delivered(new CancellationError({ ...request, runId }, options));
}

/** An error as the code gets it, guarded with all that is inside, as the code may wrap or rethrow that. */
export function delivered<E extends Error>(error: E): E {
  for (const each of errorsIn(error)) if (isError(each)) guard(each);
  // Its frames would be the engine's, others at every replay; code must find the same each time.
  error.stack = String(error);
  return error;
}
