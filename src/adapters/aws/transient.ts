/** Which failures of a request to AWS say nothing about the request, so that the same may be sent again. */

import { isError } from "../../core/thrown.ts";

/** Throttling, and faults of the server. */
const PASSING: ReadonlySet<unknown> = new Set([
  "AbortError",
  "TimeoutError",
  "RequestTimeout",
  "RequestTimeoutException",
  "InternalServerError",
  "InternalFailure",
  "ServiceUnavailable",
  "ServiceUnavailableException",
  "ProvisionedThroughputExceeded",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "SlowDown",
  "TooManyRequestsException",
]);

/** The client has no credentials, and sent nothing. */
const WITHOUT_CREDENTIALS: ReadonlySet<unknown> = new Set([
  "CredentialsProviderError",
  "TokenProviderError",
  "ProviderError",
  "InstanceMetadataV1FallbackError",
]);

/**
 * Credentials that are over, not known everywhere yet, or signed by a clock that is off: their
 * provider has better ones soon, and the SDK learns the time from the answer.
 */
const WITH_BAD_CREDENTIALS: ReadonlySet<unknown> = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "TokenRefreshRequired",
  "UnrecognizedClientException",
  "InvalidClientTokenId",
  "InvalidAccessKeyId",
  "AuthFailure",
  "IDPCommunicationError",
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
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

/** What the SDK adds to errors. */
export interface SdkError extends Error {
  $fault?: "client" | "server";
  $metadata?: { httpStatusCode?: number };
  $response?: { statusCode?: number };
}

/** Throttling, a fault of the server, a lost connection, credentials that are missing for a while. */
export function isTransient(error: unknown): error is Error {
  if (!isError(error)) return false;
  const { name } = error;
  if (PASSING.has(name) || WITHOUT_CREDENTIALS.has(name) || WITH_BAD_CREDENTIALS.has(name)) {
    return true;
  }
  return /throttl/i.test(name) || isNetworkFailure(error) || isServerFault(error);
}

/** Whether the service said something, if only that it is not to be had. */
export function isAnswer(error: SdkError): boolean {
  return error.$fault !== undefined || error.$response !== undefined;
}

/** What kept a request from its answer, in words that blame nobody who was not asked. */
export function reasonOf(error: Error): string {
  if (WITHOUT_CREDENTIALS.has(error.name)) {
    return `it was not asked, as the client has no credentials: ${error.message}`;
  }
  const said = isAnswer(error) ? `${error.name}: ${error.message}` : error.message;
  if (!WITH_BAD_CREDENTIALS.has(error.name)) return said;
  return `${said} (if that goes on, check the client's credentials and its machine's clock)`;
}

function isServerFault(error: SdkError): boolean {
  const { $fault, $metadata, $response } = error;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? 0;
  if (status >= 500 || status === 429 || $fault === "server") return true;
  // Something came back, but not an answer of the service: cut off, or from a machine in between.
  return $response !== undefined && $fault === undefined;
}

function isNetworkFailure(error: Error, depth = 0): boolean {
  const code = "code" in error ? error.code : undefined;
  if (NETWORK_CODES.has(code) || String(code).startsWith("UND_ERR_")) return true;
  return isError(error.cause) && depth < 3 && isNetworkFailure(error.cause, depth + 1);
}
