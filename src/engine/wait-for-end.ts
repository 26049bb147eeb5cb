import { TimeoutError } from "../core/errors.ts";
import { isEnded } from "../core/run.ts";
import { pause } from "../ports/clock.ts";
import type { RunHead } from "../ports/store.ts";
import type { Parts } from "./parts.ts";
import { headOf } from "./queries.ts";

const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 2000;
/** A run that this engine works on tells of its end; it is asked only in case another ends it. */
const POLL_OF_OWN_MS = 5000;

/**
 * Waits until a run has ended.
 * @throws RunNotFoundError; TimeoutError, after which the run goes on.
 */
export async function waitForEnd(
  parts: Parts,
  runId: string,
  timeoutMs: number | undefined,
): Promise<RunHead> {
  const { clock, waiters, sessions } = parts;
  const end = timeoutMs === undefined ? undefined : clock.now() + timeoutMs;
  const woken = new AbortController();
  let told: RunHead | undefined;
  const forget = waiters.add(runId, (ended) => {
    told = ended;
    woken.abort();
  });
  try {
    const session = sessions.get(runId);
    let head = session && !session.state.ended ? session.head : await headOf(parts, runId);
    let pollMs = FIRST_POLL_MS;
    while (!isEnded(head.status)) {
      const left = end === undefined ? Number.POSITIVE_INFINITY : end - clock.now();
      if (left <= 0) throw tooLong(head, timeoutMs);
      await pause(clock, Math.min(pollMs, left), woken.signal);
      if (told) return told;
      const isOwn = pollMs < POLL_OF_OWN_MS && sessions.has(runId);
      pollMs = isOwn ? POLL_OF_OWN_MS : Math.min(LONGEST_POLL_MS, pollMs * 2);
      if (!isOwn) head = await headOf(parts, runId);
    }
    return head;
  } finally {
    forget();
  }
}

function tooLong({ runId, status }: RunHead, timeoutMs: number | undefined): TimeoutError {
  return new TimeoutError(
    `Run "${runId}" did not end within ${timeoutMs} ms; it is ${status}. It goes on: wait longer, or ask for its status later.`,
  );
}
