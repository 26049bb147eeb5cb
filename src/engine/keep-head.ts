/** Writes to a run's head. Each write carries the position of the log that it was decided at. */
import type { Next } from "../core/decide.ts";
import type { LogEvent } from "../core/events.ts";
import type { HeadChange } from "../ports/store.ts";
import { changeAfter } from "./head-change.ts";
import type { Parts } from "./parts.ts";
import type { Session } from "./session.ts";

/** Writes to the head what it should show, if it does not show it yet. */
export async function keepHead(
  parts: Parts,
  session: Session,
  events: readonly LogEvent[],
  next: Next,
): Promise<void> {
  const { store, clock, settings } = parts;
  const times = {
    now: clock.now(),
    watchdogMs: settings.watchdogMs,
    retentionMs: store.retentionMs,
  };
  // Twice: another writer may have moved `dueAt`. Then it is the sweep's to move on.
  for (let tries = 0; tries < 2; tries += 1) {
    const change = changeAfter(session.head, session.state, events, next, times);
    if (Object.keys(change).length === 0) return;
    if (change.keepAt !== undefined) await store.keep(session.key);
    if (await patch(parts, session, change)) return;
  }
}

/** @returns whether it was written; if not, the session knows the head as it stands. */
export async function patch(
  { store }: Parts,
  session: Session,
  change: HeadChange,
): Promise<boolean> {
  const position = session.state.position - 1;
  const answer = await store.patchHead(session.key, position, change, session.head.dueAt);
  if (answer.ok) session.changeHead(position, change);
  else if (answer.head?.incarnation === session.key.incarnation) session.head = answer.head;
  return answer.ok;
}
