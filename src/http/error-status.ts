/** The one table from every error code to its HTTP status. A code without a status does not compile. */
import type { ERROR_KINDS } from "../core/errors.ts";

type Kinds = Omit<typeof ERROR_KINDS, "DetentError">;

/** The codes of what this package throws. */
type CoreErrorCode = InstanceType<Kinds[keyof Kinds]>["code"];

/** The codes of what only HTTP can get wrong. */
export type HttpErrorCode =
  | "token.missing"
  | "token.invalid"
  | "signature.invalid"
  | "signature.expired"
  | "host.refused"
  | "origin.refused"
  | "route.notFound"
  | "method.notAllowed"
  | "body.invalid"
  | "body.unsupportedType"
  | "turn.failed"
  | "turn.misdirected"
  | "server.failed";

export type ErrorCode = CoreErrorCode | HttpErrorCode;

export const ERROR_STATUS = {
  "input.invalid": 400,
  "value.notSerializable": 400,
  "body.invalid": 400,
  "token.missing": 401,
  "token.invalid": 401,
  "signature.invalid": 401,
  "signature.expired": 401,
  "host.refused": 403,
  "origin.refused": 403,
  "workflow.notFound": 404,
  "run.notFound": 404,
  "generation.notFound": 404,
  "hook.notFound": 404,
  "channel.notFound": 404,
  "route.notFound": 404,
  "method.notAllowed": 405,
  "run.ended": 409,
  "run.cancelled": 409,
  "run.idempotencyConflict": 409,
  "run.exists": 409,
  "hook.alreadyReceived": 409,
  "hook.expired": 410,
  "payload.tooLarge": 413,
  "body.unsupportedType": 415,
  "turn.misdirected": 421,
  "channel.full": 429,

  /* These end a run or a turn of it; a request meets them only when something is wrong here. */
  "step.fatal": 500,
  "step.retryable": 500,
  "step.failed": 500,
  "step.timeout": 500,
  "step.lost": 500,
  "hook.timeout": 500,
  "step.threwNonError": 500,
  "workflow.nonDeterministic": 500,
  "workflow.foreignAwait": 500,
  "workflow.endlessLoop": 500,
  "workflow.unknownPatch": 500,
  "run.tooManyEvents": 500,
  "child.failed": 500,
  "child.tooDeep": 500,
  "child.tooMany": 500,
  "output.invalid": 500,
  "configuration.invalid": 500,
  "server.failed": 500,

  "run.contended": 503,
  "scheduler.unavailable": 503,
  "store.refused": 500,
  "store.tableMissing": 500,
  "store.damaged": 500,
  "store.unavailable": 503,
  "turn.failed": 503,
  timeout: 504,
} as const satisfies Record<ErrorCode, number>;

/** Whether this code stands in the table. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_STATUS, code);
}
