/** Sees to it that retention does not delete the log of a run whose step executes for longer than that. */
import { isEnded } from "../../core/run.ts";
import { loggedError } from "../../platform/logged-error.ts";
import { pause } from "../../ports/clock.ts";
import { patch } from "../commit/write-head.ts";
import type { Session } from "../session/session.ts";

/** What could not be done is tried again after this part of the retention, of which there is one more. */
const AGAIN_AFTER = 1 / 20;

/**
 * Keeps the log on whenever that is due, until the attempt is over: what would come by otherwise joins
 * the turn that executes it. Never throws.
 */
export async function keepLog(session: Session, over: AbortSignal): Promise<void> {
  const { clock, store, logger } = session.services;
  const soonest = store.retentionMs * AGAIN_AFTER;
  for (let isFirst = true; !over.aborted; isFirst = false) {
    const left = session.head.keepAt - clock.now();
    await pause(clock, isFirst ? left : Math.max(left, soonest), over);
    if (over.aborted) return;
    try {
      await session.exclusive(() => keepWhenDue(session));
    } catch (error) {
      const { runId, workflow } = session.head;
      logger.warn("Could not keep the log of a run from being deleted", {
        runId,
        workflow,
        error: loggedError(error),
      });
    }
  }
}

/** Of many that execute in one run, the first does it. */
async function keepWhenDue(session: Session): Promise<void> {
  const { clock, store } = session.services;
  if (clock.now() < session.head.keepAt) return;
  const isThere = await session.knownHead.read();
  if (!isThere || isEnded(session.head.status) || clock.now() < session.head.keepAt) return;
  await session.catchUp();
  if (session.state.ended) return;
  await store.log.keep(session.key);
  const { state, head } = session;
  await patch(session, { state, head }, { keepAt: clock.now() + store.retentionMs });
}
