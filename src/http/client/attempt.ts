/** One request, and what came of it. */
import { ClientError } from "./client-error.ts";
import { type Answer, readAnswer } from "./read-answer.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

interface Attempt {
  method: string;
  url: string;
  headers: Record<string, string>;
  content: string | undefined;
  signal: AbortSignal | undefined;
  /** How long it may take. */
  timeoutMs: number;
}

/** Either an answer, with the pause it asks for, or no answer of a Detent app. */
export type Outcome = (Answer & { retryAfterMs: number }) | ClientError;

/** @throws the signal's reason. */
export async function attempt(fetch: Fetch, request: Attempt): Promise<Outcome> {
  const { method, url, headers, content, signal, timeoutMs } = request;
  signal?.throwIfAborted();
  const limit = new AbortController();
  const forward = (): void => limit.abort();
  signal?.addEventListener("abort", forward, { once: true });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    limit.abort();
  }, timeoutMs);
  const body = content === undefined ? {} : { body: content };
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: "manual",
      signal: limit.signal,
      ...body,
    });
    const answer = readAnswer(response, await response.text(), `${method} ${url}`);
    return { ...answer, retryAfterMs: retryAfter(response) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ClientError) return error;
    return noAnswer(request, error, late ? `it took longer than ${timeoutMs} ms` : reasonOf(error));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", forward);
  }
}

function retryAfter({ headers }: Response): number {
  const seconds = Number(headers.get("Retry-After") ?? 0);
  return Number.isFinite(seconds) ? seconds * 1000 : 0;
}

function noAnswer({ method, url }: Attempt, cause: unknown, why: string): ClientError {
  return new ClientError(
    "connection.failed",
    `${method} ${url} got no answer: ${why}. Check the address, that the app runs there, and the network.`,
    { cause },
  );
}

/** `fetch` itself says only that it failed; what lies below says why. */
function reasonOf(error: unknown): string {
  const { cause, errors, code, message } = Object(error) as Record<string, unknown>;
  const below = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  if (below !== undefined) return reasonOf(below);
  if (typeof message === "string" && message !== "") return message;
  return typeof code === "string" ? code : String(error);
}
