/** What a turn does beside the log: what an entry calls for, and what it says of the run. */
import type { Next } from "../../core/decide/decision.ts";
import { loggedError } from "../../platform/logged-error.ts";
import type { Continuation } from "../../ports/scheduler.ts";
import { type Committed, stopUnshielded } from "../commit/commit.ts";
import { keepHead } from "../commit/write-head.ts";
import { armTimer } from "../continuations/arm-timer.ts";
import { bornIn, messagesFor } from "../continuations/messages.ts";
import { watchClaims } from "../continuations/watch-claims.ts";
import type { Session } from "../session/session.ts";

/**
 * Whether a message of the sweep has set a run going again that had stood still. One whose log moves
 * has others that bring it on, however late: it is not to be sent again any sooner for that.
 */
export function isRevival(
  { services }: Session,
  { events, stillMs }: Committed,
  { sweep }: Continuation,
): boolean {
  return sweep === true && events.length > 0 && stillMs >= services.settings.watchdogMs / 2;
}

/** Whether the sweep is to look after what comes next, and not only a timer. */
export function isWatched(next: Next): boolean {
  return next.type === "continue" || next.type === "tasks" || (next.type === "wait" && next.busy);
}

/** Whether this turn does nothing more. */
export function isRest({ type }: Next): boolean {
  return type === "wait" || type === "problem" || type === "continue";
}

/**
 * Does what an entry calls for beside the log.
 * @param continuation what is delivered, if this delivery has finished nothing itself.
 */
export async function followUp(
  session: Session,
  committed: Committed,
  continuation: Continuation | undefined,
): Promise<void> {
  const { events, next } = committed;
  if (next.type === "ended" || next.type === "continued" || next.type === "problem") return;
  try {
    if (events.some(({ type }) => type === "cancellation.requested")) {
      await stopUnshielded(session);
    }
    const messages = messagesFor(session.key.runId, events);
    if (messages.length > 0) await session.services.scheduler.send(messages);
    session.sent.addStarted(bornIn(events));
    if (continuation && next.type !== "replay") {
      await watchClaims(session, committed, continuation);
    }
    // Another turn comes at once, and sees to the timers then.
    if (next.type !== "continue" && next.type !== "replay") {
      await armTimer(session, committed, continuation ?? {});
    }
    if (events.length > 0 || next.type === "wait") await keepHead(session, committed);
  } catch (error) {
    // A claimed attempt counts: it is not given up for a timer or a head that can wait for its end.
    if (next.type !== "run") throw error;
    const { runId, workflow } = session.head;
    const { name: step } = next.step;
    session.services.logger.warn("Could not follow up on a claim", {
      runId,
      workflow,
      step,
      attempt: next.attempt,
      error: loggedError(error),
    });
  }
}
