/** Which failures of a request say nothing about the request, so that the same may be sent again. */

import type { CancellationReason } from "@aws-sdk/client-dynamodb";
import { isError } from "../../core/thrown.ts";

const TRANSIENT_NAMES: ReadonlySet<unknown> = new Set([
  "AbortError",
  "TimeoutError",
  "RequestTimeout",
  "RequestTimeoutException",
  "InternalServerError",
  "InternalFailure",
  "ServiceUnavailable",
  "ServiceUnavailableException",
  "ProvisionedThroughputExceededException",
  "ProvisionedThroughputExceeded",
  "RequestLimitExceeded",
  "Throttling",
  "ThrottlingError",
  "ThrottlingException",
  "TooManyRequestsException",
  "ReplicatedWriteConflictException",
  "TransactionConflict",
  "TransactionConflictException",
  "TransactionInProgressException",
]);

const NETWORK_CODES: ReadonlySet<unknown> = new Set([
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "ERR_STREAM_PREMATURE_CLOSE",
]);

/** Throttling, a fault of the server, a lost connection, a transaction in the way. */
export function isTransient(error: unknown): boolean {
  if (!isError(error)) return false;
  if (TRANSIENT_NAMES.has(error.name) || isNetworkFailure(error)) return true;
  if (error.name === "TransactionCanceledException") return meetsAnother(error);
  return isServerFault(error);
}

function isServerFault(error: Error): boolean {
  const { $fault, $metadata, $response } = error as SdkError;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? 0;
  if (status >= 500 || status === 429 || $fault === "server") return true;
  // Something came back, but not an answer of DynamoDB: cut off, or from a machine in between.
  return $response !== undefined && $fault === undefined;
}

function isNetworkFailure(error: Error, depth = 0): boolean {
  const code = "code" in error ? error.code : undefined;
  if (NETWORK_CODES.has(code) || String(code).startsWith("UND_ERR_")) return true;
  return isError(error.cause) && depth < 3 && isNetworkFailure(error.cause, depth + 1);
}

/** Another transaction stood in the way, so not every condition was looked at. */
function meetsAnother(error: Error): boolean {
  return cancellationReasons(error).some(({ Code }) => TRANSIENT_NAMES.has(Code));
}

export function cancellationReasons(error: Error): readonly CancellationReason[] {
  return (error as SdkError).CancellationReasons ?? [];
}

interface SdkError extends Error {
  $fault?: "client" | "server";
  $metadata?: { httpStatusCode?: number };
  $response?: { statusCode?: number };
  CancellationReasons?: readonly CancellationReason[];
}
