/**
 * Requests and their answers.
 *
 * CT1. Only what may be done twice is repeated: after a lost connection, or an answer that says to try
 *      again (502, 503, 504 and 429). A `Retry-After` is kept to, up to five seconds.
 * CT2. Values go and come lossless. An answer that is not of that type is not a Detent app's.
 * CT3. Redirects are not followed: they turn a POST into a GET, and lose the token or show it to
 *      somebody else.
 */
import { backoffMs, jittered } from "../../core/backoff.ts";
import { DEEPEST_BODY } from "../../core/bounds.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { encode } from "../../core/value.ts";
import { LOSSLESS_TYPE } from "../protocol/media-types.ts";
import { authorizationOf, isToken, NO_TOKEN } from "../protocol/tokens.ts";
import { attempt, type Fetch, type Outcome } from "./attempt.ts";
import { ClientError } from "./client-error.ts";
import { pause } from "./pause.ts";
import type { Answer } from "./read-answer.ts";
import { reviveError } from "./revive-error.ts";

export interface Call {
  method: "GET" | "POST";
  /** Begins with a slash, and needs no encoding: see `placeOf`. */
  path: string;
  query?: Record<string, string | number | boolean | Date | undefined>;
  body?: object;
  /** Instead of a body that is a record: any value. */
  value?: unknown;
  headers?: Record<string, string>;
  /** Names the body in the error of one that cannot be sent. */
  what?: string;
  /** Whether it may be made again when its answer was lost. */
  repeatable: boolean;
  /** How long the app is asked to wait before it answers, in milliseconds. */
  waitMs?: number;
  signal?: AbortSignal | undefined;
}

export interface Means {
  /** Without a slash at its end. */
  baseUrl: string;
  token: (() => string | Promise<string>) | undefined;
  fetch: Fetch;
  /** How many more times a repeatable call is made. */
  retries: number;
  /** How long one request may take, beside what the app is asked to wait. */
  timeoutMs: number;
}

const BACKOFF = { firstMs: 150, factor: 4, longestMs: 5_000 };
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Makes the call, and again where that is safe and may help.
 * @throws ClientError, ConfigurationError, SerializationError, and the signal's reason.
 */
export async function send(means: Means, call: Call): Promise<Answer> {
  const { method, path, query, waitMs = 0, signal } = call;
  const url = means.baseUrl + path + queryText(query);
  const content = contentOf(call);
  const timeoutMs = means.timeoutMs + waitMs;
  const triesLeft = call.repeatable ? means.retries : 0;
  for (let tries = 1; ; tries += 1) {
    const headers = { ...call.headers, ...(await headersOf(means, content !== undefined)) };
    const request = { method, url, headers, content, signal, timeoutMs };
    const outcome = await attempt(means.fetch, request);
    if (tries > triesLeft || !mayPass(outcome)) {
      if (outcome instanceof ClientError) throw outcome;
      return outcome;
    }
    const asked = outcome instanceof ClientError ? 0 : outcome.retryAfterMs;
    const own = jittered(backoffMs(BACKOFF, tries), Math.random(), 2 / 3);
    await pause(Math.min(BACKOFF.longestMs, Math.max(asked, own)), signal);
  }
}

/** @throws SerializationError */
function contentOf({ body, value, what = "The request" }: Call): string | undefined {
  const sent = body ?? value;
  return sent === undefined ? undefined : JSON.stringify(encode(sent, what, DEEPEST_BODY));
}

/** The value of a success. @throws the error that was answered. */
export async function request<T>(means: Means, call: Call): Promise<T> {
  return successOf<T>(await send(means, call));
}

export function successOf<T>({ value, error, status }: Answer): T {
  if (error) throw reviveError(error, status);
  return value as T;
}

/** The app's own 504 is no failure: it says that a wait ran out. */
function mayPass(outcome: Outcome): boolean {
  if (outcome instanceof ClientError) {
    return outcome.code === "connection.failed" || PASSING.has(outcome.status ?? 0);
  }
  return PASSING.has(outcome.status) && outcome.error?.code !== "timeout";
}

/** @throws ConfigurationError */
async function headersOf({ token }: Means, hasBody: boolean): Promise<Record<string, string>> {
  const given = await token?.();
  if (given !== undefined && !isToken(given)) {
    throw new ConfigurationError(`The token ${NO_TOKEN}`);
  }
  return {
    Accept: LOSSLESS_TYPE,
    ...(given !== undefined && { Authorization: authorizationOf(given) }),
    ...(hasBody && { "Content-Type": LOSSLESS_TYPE }),
  };
}

function queryText(query: Call["query"] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    // A Date without a time has no ISO text; the app refuses what it has.
    const isTime = value instanceof Date && !Number.isNaN(value.getTime());
    search.set(name, isTime ? value.toISOString() : String(value));
  }
  return search.size === 0 ? "" : `?${search}`;
}
