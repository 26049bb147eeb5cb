import { TimeoutError } from "../../core/errors.ts";
import { isEnded } from "../../core/run.ts";
import { pause } from "../../ports/clock.ts";
import type { RunHead } from "../../ports/store.ts";
import type { Parts } from "../services.ts";
import { headOf } from "./read-runs.ts";

const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 2000;
/** A run that this process works on tells of its end, so nobody need ask. */
const RECENT_MS = 2000;
/** Unless another process ends it, which is found out at least this often. */
const LONGEST_TRUST_MS = 15_000;

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
    const isWorkedOn = (): boolean => {
      const session = sessions.get(runId);
      if (!session || session.state.ended) return false;
      return session.busy || clock.now() - session.usedAt < RECENT_MS;
    };
    let trustedSince = clock.now();
    let head = isWorkedOn() ? undefined : await headOf(parts, runId);
    let pollMs = FIRST_POLL_MS;
    while (!head || !isEnded(head.status)) {
      const left = end === undefined ? Number.POSITIVE_INFINITY : end - clock.now();
      if (left <= 0) return await lastLook(parts, runId, timeoutMs);
      await pause(clock, Math.min(pollMs, left), woken.signal);
      if (told) return told;
      pollMs = Math.min(LONGEST_POLL_MS, pollMs * 2);
      if (isWorkedOn() && clock.now() - trustedSince < LONGEST_TRUST_MS) continue;
      trustedSince = clock.now();
      head = await headOf(parts, runId);
    }
    return head;
  } finally {
    forget();
  }
}

async function lastLook(
  parts: Parts,
  runId: string,
  timeoutMs: number | undefined,
): Promise<RunHead> {
  const head = await headOf(parts, runId);
  if (isEnded(head.status)) return head;
  throw tooLong(head, timeoutMs);
}

function tooLong({ runId, status }: RunHead, timeoutMs: number | undefined): TimeoutError {
  return new TimeoutError(
    `Run "${runId}" did not end within ${timeoutMs} ms; it is ${status}. It goes on: wait longer, or ask for its status later.`,
  );
}
