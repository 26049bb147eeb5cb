/**
 * What `pause` and `resume` write. Neither runs any code of the workflow.
 *
 * PA1. Both are entries like any other: what was claimed before the pause in the log is let finish, and
 *      nothing unshielded is claimed after it. Every unshielded task is stopped before the answer.
 * PA2. What was stopped never begins again as it is: once the run goes on, such a step is scheduled
 *      afresh, as another task, and goes on counting its attempts.
 * PA3. A second pause changes nothing, and finishes what the first one may have left undone; so does a
 *      second resume.
 * PA4. A run that was asked to stop is not paused: nothing but its clean-up is left of it. One that is
 *      paused and asked to stop cleans up at once, and is paused no more.
 */
import type { EventOf } from "../../core/events.ts";
import { checkOptions, RULES } from "../../core/option-rules.ts";
import { isHeldBack, type RunState } from "../../core/run-state.ts";
import { commitEvents } from "../commit/commit.ts";
import { sendUnheld } from "../continuations/send-unheld.ts";
import type { PauseAnswer, PauseOptions, ResumeRunAnswer } from "../engine.ts";
import { inGeneration } from "../session/in-generation.ts";
import type { Session } from "../session/session.ts";
import type { Worker } from "../session/worker.ts";
import { findRun } from "./find-run.ts";

/** Holds a run back until it is resumed. */
export async function pauseRun(
  worker: Worker,
  runId: string,
  options: PauseOptions,
): Promise<PauseAnswer> {
  const { reason, requestedBy } = options;
  checkOptions({ reason, requestedBy }, REQUEST);
  const { head, session } = await findRun(worker, runId);
  if (!session) return { runId, outcome: "already-ended", status: head.status };
  const pause = async (): Promise<PauseAnswer> => {
    const paused = { type: "run.paused" as const, reason, requestedBy };
    const { isNew, state } = await append(session, paused, (now) => !isHeldBack(now));
    const { ended, cancellation } = state;
    if (ended) return { runId, outcome: "already-ended", status: ended };
    if (cancellation) return { runId, outcome: "cancelling", status: "cancelling" };
    await session.tasks.stop([...state.open.unshielded.tasks()]);
    await sendUnheld(worker, { continuation: { runId } });
    return { runId, outcome: isNew ? "paused" : "already-paused", status: "paused" };
  };
  return await inGeneration(session, pause, () => pauseRun(worker, runId, options));
}

/** Lets a paused run go on. */
export async function resumeRun(
  worker: Worker,
  runId: string,
  options: PauseOptions,
): Promise<ResumeRunAnswer> {
  const { reason, requestedBy } = options;
  checkOptions({ reason, requestedBy }, REQUEST);
  const { head, session } = await findRun(worker, runId);
  if (!session) return { runId, outcome: "already-ended", status: head.status };
  const resume = async (): Promise<ResumeRunAnswer> => {
    const resumed = { type: "run.resumed" as const, reason, requestedBy };
    const { isNew, state } = await append(session, resumed, ({ pause }) => pause !== undefined);
    if (state.ended) return { runId, outcome: "already-ended", status: state.ended };
    if (isNew || state.resumed) await sendUnheld(worker, { continuation: { runId } });
    if (!isNew) await session.knownHead.read();
    return { runId, outcome: isNew ? "resumed" : "not-paused", status: session.head.status };
  };
  return await inGeneration(session, resume, () => resumeRun(worker, runId, options));
}

interface Appended {
  isNew: boolean;
  /** The run as it stood right after. */
  state: RunState;
}

/** Appends it to a run that goes on and that it fits, as its log stands by now. */
async function append(
  session: Session,
  event: EventOf<"run.paused" | "run.resumed">,
  fits: (state: RunState) => boolean,
): Promise<Appended> {
  return await session.exclusive(async () => {
    for (;;) {
      const events = await commitEvents(session, (state) =>
        !state.ended && fits(state) ? [event] : [],
      );
      // Where nothing was appended, nothing has checked what this process knows of the run.
      if (events.length > 0 || !(await session.catchUp())) {
        return { isNew: events.length > 0, state: session.state };
      }
    }
  });
}

const REQUEST = { reason: RULES.reason, requestedBy: RULES.reason };
