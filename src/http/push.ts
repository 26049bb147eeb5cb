/** One request that carries a continuation. */

import { ConfigurationError } from "../core/errors.ts";
import { shorten } from "../core/shorten.ts";
import { isError, textOf } from "../core/thrown.ts";
import type { Clock } from "../ports/clock.ts";
import { ERROR_STATUS } from "./error-status.ts";
import { addressIn } from "./protocol/address.ts";
import { CONTINUATIONS_PATH, type SIGNATURE_HEADER } from "./protocol/continuations.ts";

/** What has to reach the app, as it is, once the delay is over. */
export interface PushRequest {
  /** The app's `/continuations`. */
  url: string;
  headers: { "Content-Type": string; [SIGNATURE_HEADER]: string };
  body: string;
  delayMs: number;
}

interface Means {
  fetch: (request: Request) => Promise<Response>;
  clock: Clock;
  timeoutMs: number;
}

/**
 * `refused`: the same request would be refused again. `misdirected`: another process behind the
 * same address may know the version of the run, which this one does not.
 */
export type PushAnswer =
  | { ok: true }
  | { ok: false; refused: boolean; misdirected: boolean; why: Error };

/** Sends one request, and waits for its answer. */
export async function post(
  request: Request,
  { fetch, clock, timeoutMs }: Means,
): Promise<PushAnswer> {
  const controller = new AbortController();
  const stopTimer = clock.after(timeoutMs, () => controller.abort());
  try {
    const response = await fetch(
      new Request(request, { redirect: "manual", signal: controller.signal }),
    );
    await response.body?.cancel();
    if (response.ok) return { ok: true };
    const { status } = response;
    const redirected = isRedirect(response);
    const refused = redirected || (status >= 400 && status < 500 && !PASSING.has(status));
    const misdirected = status === MISDIRECTED;
    const why = new Error(redirected ? redirectOf(response) : `it answered ${status}`);
    return { ok: false, refused, misdirected, why };
  } catch (error) {
    const why = isError(error) ? error : new Error(textOf(error));
    return { ok: false, refused: false, misdirected: false, why };
  } finally {
    stopTimer();
  }
}

/** Some platforms hide what redirects. */
function isRedirect({ status, type }: Response): boolean {
  return type === "opaqueredirect" || (status >= 300 && status < 400);
}

function redirectOf({ status, headers }: Response): string {
  const to = headers.get("Location");
  const where = to === null ? "somewhere else" : `to ${shorten(withoutQuery(to), 200)}`;
  return `it answered ${status}, which sends it on ${where}, and redirects are not followed`;
}

/** What stands there may be a secret. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, "");
}

const MISDIRECTED = ERROR_STATUS["turn.misdirected"];
/** Besides that: request timeout, too early, too many requests. */
const PASSING: ReadonlySet<number> = new Set([408, MISDIRECTED, 425, 429]);

/**
 * Where an app that answers at `given` takes continuations.
 * @throws ConfigurationError
 */
export function continuationUrl(given: string | URL): string {
  const url = addressIn(given);
  if (url === undefined) {
    throw new ConfigurationError(
      `createHttpScheduler needs the app's url, such as https://example.com, and "${given}" is none.`,
    );
  }
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith(CONTINUATIONS_PATH) ? path : path + CONTINUATIONS_PATH;
  return url.href;
}
