/** How a run is asked to stop, or ended at once, whoever wants it: a caller, or its parent. */
import { terminate } from "../../core/decide/ending.ts";
import { CancellationError, RunNotFoundError } from "../../core/errors.ts";
import type { LogEvent } from "../../core/events.ts";
import type { RunState, TerminationState } from "../../core/run-state.ts";
import { encodeError } from "../../core/value.ts";
import type { RunHead } from "../../ports/store.ts";
import { commitEvents, stopUnshielded } from "../commit/commit.ts";
import { sendUnheld } from "../continuations/send-unheld.ts";
import type { CancelAnswer, TerminateAnswer } from "../engine.ts";
import { isPast } from "../replay/generation-key.ts";
import { inGeneration } from "../session/in-generation.ts";
import { openSession } from "../session/open-session.ts";
import type { Session } from "../session/session.ts";
import type { Worker } from "../session/worker.ts";

/** A run that is there; without a session if it has ended. */
export interface Asked {
  head: RunHead;
  session?: Session | undefined;
}

export interface StopRequest {
  reason: string | undefined;
  requestedBy: string | undefined;
  gracePeriodMs: number;
}

export async function askToStop(
  worker: Worker,
  { head: { runId, status }, session }: Asked,
  request: StopRequest,
): Promise<CancelAnswer> {
  if (!session) return { runId, outcome: "already-ended", status };
  const ask = async (): Promise<CancelAnswer> => {
    const events = await session.exclusive(() =>
      commitEvents(session, (state, now) =>
        state.ended || state.cancellation
          ? []
          : requestEvents(runId, state, { ...request, requestedAt: now }),
      ),
    );
    // Nothing was appended, so nothing has checked what this process knows of the run.
    if (events.length === 0) await session.exclusive(() => session.catchUp());
    const { state } = session;
    if (state.ended && events.length === 0) {
      return { runId, outcome: "already-ended", status: state.ended };
    }
    if (!state.ended) await pursue(session);
    return {
      runId,
      outcome: events.length > 0 ? "requested" : "already-requested",
      status: state.ended ?? "cancelling",
    };
  };
  return await inGeneration(session, ask, async () =>
    askToStop(worker, await foundAgain(worker, session), request),
  );
}

/** Nothing unshielded starts from here on, and the run wakes up to hear of it. */
async function pursue(session: Session): Promise<void> {
  await stopUnshielded(session);
  await sendUnheld(session.services, { continuation: { runId: session.key.runId } });
}

function requestEvents(
  runId: string,
  state: RunState,
  request: StopRequest & { requestedAt: number },
): LogEvent[] {
  const requested: LogEvent = { type: "cancellation.requested", ...request };
  if (state.begun) return [requested];
  // No code of the run has run: it ends right here.
  const { reason, requestedBy, requestedAt, gracePeriodMs } = request;
  const deadline = requestedAt + gracePeriodMs;
  const at = new Date(requestedAt);
  const error = new CancellationError({ reason, requestedBy, requestedAt: at, runId });
  return [
    requested,
    { type: "cancellation.delivered", checkpoint: "start", deadline },
    { type: "workflow.cancelled", error: encodeError(error) },
  ];
}

interface Ended {
  answer: TerminateAnswer;
  /** In which it was ended. */
  session?: Session | undefined;
}

/** The same run in its next generation. @throws RunNotFoundError if it is another one, or none. */
async function foundAgain(worker: Worker, { key }: Session): Promise<Asked> {
  const { head, session } = await openSession(worker, key.runId);
  if (!head || !isPast(head, key)) throw new RunNotFoundError(key.runId);
  return { head, session };
}

/** Ends a run without clean-up. */
export async function endAtOnce(
  worker: Worker,
  { head: { runId, status }, session }: Asked,
  why: TerminationState,
): Promise<Ended> {
  if (!session) return { answer: { runId, outcome: "already-ended", status } };
  const end = async (): Promise<Ended> => {
    const events = await session.exclusive(() =>
      commitEvents(session, (state) => (state.ended ? [] : terminate(state, why).events)),
    );
    const ended = session.state.ended ?? "terminated";
    const outcome = events.length > 0 ? "terminated" : "already-ended";
    return { answer: { runId, outcome, status: ended }, session };
  };
  return await inGeneration(session, end, async () =>
    endAtOnce(worker, await foundAgain(worker, session), why),
  );
}
