import { isCancellationOf } from "../core/errors.ts";
import { DETACHED_RUN } from "./detached.ts";
import { currentScope } from "./scope.ts";

/**
 * True for a `CancellationError` of the run that asks, also as the `cause` of another error or inside
 * an `AggregateError`. Another run's is not: a step that waits for a run that somebody cancels has
 * failed. Outside of runs it is true of any.
 *
 * @example
 * try {
 *   await charge(order);
 * } catch (error) {
 *   if (isCancellation(error)) await shield(() => refund(order));
 *   throw error;
 * }
 */
export function isCancellation(error: unknown): boolean {
  const runId = currentScope()?.host.context.runId;
  return isCancellationOf(runId === DETACHED_RUN ? undefined : runId, error);
}
