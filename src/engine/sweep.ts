/** What the periodic function does: it wakes what is due and sends again what may have been lost. */
import { isEnded } from "../core/run.ts";
import type { DueRun } from "../ports/store.ts";
import type { SweepAnswer } from "./engine.ts";
import type { Parts } from "./parts.ts";

const PAGE = 500;
const AT_ONCE = 25;
const LONGEST_PAUSE_MS = 900_000;

export async function sweep(parts: Parts): Promise<SweepAnswer> {
  const { store, clock } = parts;
  let sent = 0;
  for (;;) {
    const due = await store.listDue(clock.now(), PAGE);
    let moved = 0;
    for (let from = 0; from < due.length; from += AT_ONCE) {
      const woken = await Promise.all(
        due.slice(from, from + AT_ONCE).map((run) => wake(parts, run)),
      );
      moved += woken.filter(Boolean).length;
    }
    sent += moved;
    // What was moved is due no more; a page of which nothing moved would only come again.
    if (due.length < PAGE || moved === 0) return { sent };
  }
}

/**
 * The index may be out of date, so the head decides. The message goes first: if what follows is
 * lost, it is sent once more. A run that is sent again and again is sent ever less often.
 */
async function wake(
  { store, clock, scheduler, settings }: Parts,
  { runId }: DueRun,
): Promise<boolean> {
  const now = clock.now();
  const head = await store.head(runId, now);
  if (!head || isEnded(head.status) || head.dueAt === undefined || head.dueAt > now) return false;
  await scheduler.send([{ continuation: { runId } }]);
  const pauseMs = Math.min(LONGEST_PAUSE_MS, settings.watchdogMs * 2 ** Math.min(head.resends, 20));
  const deadline = head.cancellation?.deadline ?? Number.POSITIVE_INFINITY;
  const next = deadline > now ? Math.min(now + pauseMs, deadline) : now + pauseMs;
  await store.moveDue(head, head.dueAt, next, head.resends + 1);
  return true;
}
