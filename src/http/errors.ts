/** How an error is answered: `{ error: { code, message, issues? } }`, always plain JSON. */

import type { Context } from "hono";
import { DetentError, type ErrorOptions, type Issue } from "../core/errors.ts";
import { issuesOf } from "../core/issues.ts";
import { shorten } from "../core/shorten.ts";
import { isError } from "../core/thrown.ts";
import { loggedError, loggedWithoutMessage } from "../platform/logged-error.ts";
import type { Logger } from "../ports/logger.ts";
import { ERROR_STATUS, type ErrorCode, type HttpErrorCode, isErrorCode } from "./error-status.ts";
import { givenId } from "./path.ts";
import { LOSSLESS_TYPE } from "./protocol/media-types.ts";

/** What only HTTP can get wrong. */
export class HttpError extends DetentError<HttpErrorCode> {
  /** Headers that belong to the answer, such as `WWW-Authenticate`. */
  readonly headers: Record<string, string>;

  constructor(
    code: HttpErrorCode,
    message: string,
    headers: Record<string, string> = {},
    options?: ErrorOptions,
  ) {
    super(code, message, options);
    this.headers = headers;
  }
}

export interface ErrorBody {
  code: string;
  message: string;
  issues?: { message: string; path: (string | number)[] }[];
  /** What a typed error says besides, for a client that asks for lossless answers. */
  details?: Record<string, string | number>;
}

/** More problems than this are not listed in one answer. */
const ISSUES_SHOWN = 100;
/** The longest message of an error, in characters: it may quote the request. */
const LONGEST_TEXT = 2000;
const RETRY_AFTER_SECONDS = "1";

/** Messages for callers, in place of messages that may quote what the store or the queue said. */
const OUTSIDE_MESSAGE: { readonly [Code in ErrorCode]?: string } = {
  "scheduler.unavailable": "The queue did not answer. Try again after a pause.",
  "store.damaged":
    "The record of this run cannot be read: something changed or deleted a part of it, or a newer version wrote it. The app's log says what; restore it, or deploy that version.",
  "store.unavailable": "The store did not answer. Try again; nothing was half-written.",
};
const FAILED =
  "Something went wrong here, not in your request. It has been logged; ask whoever runs this service.";

/** The answer to anything thrown, with what is put beside `error`. */
export function answerError(
  c: Context,
  thrown: unknown,
  logger: Logger,
  beside: Record<string, unknown> = {},
): Response {
  const code = codeOf(thrown);
  const status = ERROR_STATUS[code];
  if (status >= 500 && code !== "timeout") log(c, thrown, code, logger);
  if (status === 503) c.header("Retry-After", RETRY_AFTER_SECONDS);
  if (thrown instanceof HttpError) {
    for (const [name, value] of Object.entries(thrown.headers)) c.header(name, value);
  }
  const error = describeError(thrown);
  if (status < 500 && c.req.header("Accept")?.includes(LOSSLESS_TYPE)) {
    error.details = detailsOf(thrown);
  }
  return c.json({ ...beside, error }, status);
}

/** What the outside is told of an error: nothing that another library or a machine said. */
function describeError(thrown: unknown): ErrorBody {
  const code = codeOf(thrown);
  const own = isError(thrown) && ERROR_STATUS[code] !== 500 ? thrown.message : FAILED;
  const body: ErrorBody = { code, message: OUTSIDE_MESSAGE[code] ?? shorten(own, LONGEST_TEXT) };
  const issues = issuesIn(thrown);
  if (ERROR_STATUS[code] < 500 && issues.length > 0) {
    body.issues = issuesOf(issues.slice(0, ISSUES_SHOWN)).map(({ message, path }) => ({
      message,
      path: (path ?? []).map(jsonKey),
    }));
  }
  return body;
}

/** The plain fields of one of our errors: `runId`, `limit` and the like. */
function detailsOf(thrown: unknown): Record<string, string | number> {
  const details: Record<string, string | number> = {};
  for (const [name, field] of Object.entries(thrown instanceof DetentError ? thrown : {})) {
    if (name === "code" || name === "name") continue;
    if (typeof field === "number") details[name] = field;
    if (typeof field === "string") details[name] = shorten(field, LONGEST_TEXT);
  }
  return details;
}

function jsonKey(key: PropertyKey): string | number {
  return typeof key === "symbol" ? String(key) : key;
}

function codeOf(thrown: unknown): ErrorCode {
  return thrown instanceof DetentError && isErrorCode(thrown.code) ? thrown.code : "server.failed";
}

function issuesIn(thrown: unknown): readonly Issue[] {
  if (!(thrown instanceof DetentError) || !("issues" in thrown)) return [];
  return Array.isArray(thrown.issues) ? thrown.issues : [];
}

function log(c: Context, thrown: unknown, code: ErrorCode, logger: Logger): void {
  const runId = givenId(c, "runId");
  logger.error("A request failed", {
    method: c.req.method,
    path: loggedPath(c),
    ...(runId !== undefined && { runId }),
    code,
    error: mayQuote(c, code) ? loggedWithoutMessage(thrown) : loggedError(thrown),
  });
}

/** A hook's token is a secret, also in a log. */
function loggedPath({ req }: Context): string {
  return req.param("token") === undefined ? req.path : req.path.replace(/[^/]+$/, "{token}");
}

/**
 * Whether an error may quote a payload: user code threw it, or an unknown error came up beside user
 * code.
 */
function mayQuote({ req }: Context, code: ErrorCode): boolean {
  if (OF_USER_CODE.has(code)) return true;
  return code === "server.failed" && (req.method === "POST" || req.path.endsWith("/result"));
}

const OF_USER_CODE: ReadonlySet<ErrorCode> = new Set([
  "step.fatal",
  "step.retryable",
  "step.failed",
  "step.threwNonError",
  "output.invalid",
]);
