/**
 * The message for the next timer of a run. One is enough: were each turn that finds the run waiting
 * to send another, a run that sleeps again and again would have ever more of them.
 *
 * A1. Whatever a turn leaves the run to do, the soonest of its timers has a message on its way.
 * A2. The head tells of a timer only after its message was sent.
 */
import { type Continuation, MAX_DELAY_MS } from "../../ports/scheduler.ts";
import type { Committed } from "../commit/commit.ts";
import type { Session } from "../session/session.ts";
import { later, timersIn } from "./messages.ts";

/**
 * Sends the message for the next timer, unless one is on its way.
 * @param early the timer whose message has come; if that is still to come, it came before its time.
 */
export async function armTimer(
  session: Session,
  { events, next, timer }: Committed,
  { sweep, timer: early }: Pick<Continuation, "sweep" | "timer">,
): Promise<void> {
  const { clock, scheduler } = session.services;
  const at = next.type === "wait" ? next.until : timer;
  const now = clock.now();
  // What is too far off is the sweep's.
  if (at === undefined || at - now > MAX_DELAY_MS) return;
  const isNew = timersIn(events).includes(at);
  if (!isNew && at !== early) {
    if (session.sent.hasTimer(at)) return;
    if (next.type === "wait" && (await isInHead(session, at, sweep))) return;
  }
  await scheduler.send([later({ continuation: { runId: session.key.runId, timer: at } }, at, now)]);
  session.sent.addTimer(at, now);
}

/**
 * Whether the head says that somebody has sent it: a run that waits for nothing but time is due with
 * its timer (A2). Under a message of the sweep, it is enough that the sweep comes again by then.
 */
async function isInHead(session: Session, at: number, sweep = false): Promise<boolean> {
  const { store, clock } = session.services;
  const head = await store.runs.get(session.key.runId, clock.now());
  if (head?.incarnation === session.key.incarnation) session.knownHead.know(head);
  const { dueAt = Number.POSITIVE_INFINITY } = session.head;
  return sweep ? dueAt <= at : dueAt === at;
}
