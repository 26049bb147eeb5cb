import { RunNotFoundError, TimeoutError } from "../../core/errors.ts";
import { isLabel } from "../../core/option-rules.ts";
import { isEnded } from "../../core/run.ts";
import { hasPassed, pause } from "../../ports/clock.ts";
import type { RunHead } from "../../ports/store.ts";
import type { Worker } from "../session/worker.ts";

const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 2000;
/** A run that this process works on tells of its end, so nobody need ask. */
const RECENT_MS = 2000;
/** Unless another process ends it, which is found out at least this often. */
const LONGEST_TRUST_MS = 15_000;

/**
 * Waits until a run has ended. Who waits for the same run in this process shares what is read of it.
 * @throws RunNotFoundError; TimeoutError, after which the run goes on.
 */
export async function waitForEnd(
  worker: Worker,
  runId: string,
  timeoutMs: number | undefined,
): Promise<RunHead> {
  const watch = worker.waiters.join(runId, (over) => pollForEnd(worker, runId, over));
  try {
    const standing = isWorkedOn(worker, runId) ? undefined : await read(worker, runId);
    if (standing && isEnded(standing.status)) return standing;
    if (timeoutMs === undefined) return await watch.ended;
    const ended = timeoutMs > 0 && (await endedWithin(worker, watch.ended, timeoutMs));
    if (ended) return ended;
    const last = await read(worker, runId);
    if (isEnded(last.status)) return last;
    throw tooLong(last, timeoutMs);
  } finally {
    watch.leave();
  }
}

async function pollForEnd(
  worker: Worker,
  runId: string,
  over: AbortSignal,
): Promise<RunHead | undefined> {
  const { clock } = worker;
  let trustedSince = clock.now();
  let pollMs = FIRST_POLL_MS;
  for (;;) {
    await pause(clock, pollMs, over);
    if (over.aborted) return undefined;
    pollMs = Math.min(LONGEST_POLL_MS, pollMs * 2);
    if (isWorkedOn(worker, runId) && !hasPassed(clock, trustedSince, LONGEST_TRUST_MS)) continue;
    trustedSince = clock.now();
    const head = await read(worker, runId);
    if (isEnded(head.status)) return head;
  }
}

function isWorkedOn({ clock, sessions }: Worker, runId: string): boolean {
  const session = sessions.get(runId);
  if (!session || session.state.ended) return false;
  return session.busy || !hasPassed(clock, session.usedAt, RECENT_MS);
}

/** @throws RunNotFoundError */
async function read({ heads }: Worker, runId: string): Promise<RunHead> {
  const head = isLabel(runId) ? await heads.read(runId) : undefined;
  if (!head) throw new RunNotFoundError(runId);
  return head;
}

/** @returns nothing when the time is up. */
async function endedWithin(
  { clock }: Worker,
  ended: Promise<RunHead>,
  timeoutMs: number,
): Promise<RunHead | undefined> {
  const told = new AbortController();
  try {
    return await Promise.race([ended, pause(clock, timeoutMs, told.signal).then(() => undefined)]);
  } finally {
    told.abort();
  }
}

function tooLong({ runId, status }: RunHead, timeoutMs: number): TimeoutError {
  return new TimeoutError(
    `Run "${runId}" did not end within ${timeoutMs} ms; it is ${status}. It goes on: wait longer, or ask for its status later.`,
    { status },
  );
}
