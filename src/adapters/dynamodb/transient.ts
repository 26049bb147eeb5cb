/** Which failures of a request to DynamoDB say nothing about the request. */
import type { CancellationReason } from "@aws-sdk/client-dynamodb";
import { isError } from "../../core/thrown.ts";
import { isTransient as isTransientAnywhere } from "../aws/transient.ts";

/** Another write was under way at the same item, whatever this one asks. */
const IN_THE_WAY: ReadonlySet<unknown> = new Set([
  "ReplicatedWriteConflictException",
  "TransactionConflict",
  "TransactionConflictException",
  "TransactionInProgressException",
]);

export function isTransient(error: unknown): error is Error {
  if (isTransientAnywhere(error)) return true;
  if (!isError(error)) return false;
  return IN_THE_WAY.has(error.name) || cancellationReasons(error).some(isPassing);
}

/** DynamoDB did not evaluate every condition, because something else cancelled the transaction. */
function isPassing({ Code }: CancellationReason): boolean {
  return IN_THE_WAY.has(Code) || isTransientAnywhere(Object.assign(new Error(), { name: Code }));
}

export function cancellationReasons(error: Error): readonly CancellationReason[] {
  if (error.name !== "TransactionCanceledException") return [];
  return (
    (error as { CancellationReasons?: readonly CancellationReason[] }).CancellationReasons ?? []
  );
}
