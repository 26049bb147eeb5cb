/** Writes to a run's head. Each write carries the position of the log that it was decided at. */
import { isEnded } from "../../core/run.ts";
import type { RunState } from "../../core/run-state.ts";
import type { HeadChange, RunHead } from "../../ports/store.ts";
import type { Session } from "../session/session.ts";
import { clearRows } from "./clear-rows.ts";
import type { Committed } from "./commit.ts";
import { changeAfter } from "./head-update.ts";

/** Writes to the head what it should show after a commit, if it does not show it yet. */
export async function keepHead(session: Session, committed: Committed): Promise<void> {
  await session.headWrites.run(async () => {
    const isShown = await keep(session, committed);
    // A step that is about to begin does not wait for it.
    if (committed.next.type !== "run") await clearRows(session, { ...committed, isShown });
  });
}

/** @returns whether it shows that now. */
async function keep(
  session: Session,
  { events, next, timer, state, head }: Committed,
): Promise<boolean> {
  const { store, clock, settings } = session.services;
  const wasInDoubt = await session.knownHead.settle();
  const times = {
    now: clock.now(),
    watchdogMs: settings.watchdogMs,
    retentionMs: store.retentionMs,
    timer,
    hasNews: events.length > 0,
    hasRows: session.rows.any,
  };
  let known = wasInDoubt ? session.head : head;
  // Twice: another writer may have moved `dueAt`. Then it is the sweep's to move on.
  for (let tries = 0; tries < 2; tries += 1) {
    const change = changeAfter(known, { state, next }, times);
    const isFaulty = isFoundFaulty(session, state);
    if (isFaulty) {
      delete change.problem;
      delete change.dueAt;
    }
    if (Object.keys(change).length === 0) return !isFaulty;
    if (change.keepAt !== undefined) await store.log.keep(session.key);
    const standing = await patch(session, { state, head: known }, change);
    if (!standing) return !isFaulty;
    known = standing;
  }
  return false;
}

/**
 * Whether the code has gone on by itself since this was decided, and cannot go on: its problem is on the
 * head by now, with the time at which it is tried again.
 */
function isFoundFaulty({ reported }: Session, { position }: RunState): boolean {
  return reported !== undefined && reported.position >= position;
}

/**
 * Has the sweep look at a run as soon as if it had been sent but once: it goes on, and its messages
 * may all be lost. Not as if it had never been sent, or the sweep would announce it.
 */
export async function resetResends(session: Session, { state }: Committed): Promise<void> {
  const { store, clock, settings } = session.services;
  const head = await store.runs.get(session.key.runId, clock.now());
  if (head?.incarnation !== session.key.incarnation || isEnded(head.status)) return;
  session.knownHead.know(head);
  const { dueAt = Number.POSITIVE_INFINITY } = head;
  const soon = clock.now() + settings.watchdogMs;
  if (head.resends <= 1 || dueAt <= soon) return;
  await patch(session, { state, head }, { dueAt: soon, resends: 1 });
}

/** @returns nothing if it was written, else the head as it stands. */
export async function patch(
  session: Session,
  { state, head }: { state: RunState; head: RunHead },
  change: HeadChange,
): Promise<RunHead | undefined> {
  const { store } = session.services;
  const position = state.position - 1;
  const answer = await store.runs.patch(session.key, { position, change, readDueAt: head.dueAt });
  if (answer.ok) {
    session.knownHead.change(position, change);
    return undefined;
  }
  const standing = answer.head?.incarnation === session.key.incarnation ? answer.head : undefined;
  if (standing) session.knownHead.know(standing);
  return standing;
}
