/** What `cancel` and `terminate` write. Neither runs any code of the workflow. */
import { terminate } from "../../core/decide/ending.ts";
import { toMillis } from "../../core/duration.ts";
import { CancellationError } from "../../core/errors.ts";
import type { LogEvent } from "../../core/events.ts";
import { checkOptions, RULES } from "../../core/option-rules.ts";
import type { RunState } from "../../core/run-state.ts";
import { encodeError } from "../../core/value.ts";
import { commitEvents, stopUnshielded } from "../commit/commit.ts";
import { sendUnheld } from "../continuations/send-unheld.ts";
import type { CancelAnswer, CancelOptions, TerminateAnswer, TerminateOptions } from "../engine.ts";
import type { Session } from "../session/session.ts";
import type { Worker } from "../session/worker.ts";
import { findRun } from "./find-run.ts";

/** Asks a run to stop at its next checkpoint. A second request does the first one's duties again. */
export async function requestCancel(
  worker: Worker,
  runId: string,
  options: CancelOptions,
): Promise<CancelAnswer> {
  const { reason, requestedBy, gracePeriod } = options;
  checkOptions({ reason, requestedBy }, REQUEST);
  const gracePeriodMs =
    gracePeriod === undefined
      ? worker.settings.gracePeriodMs
      : toMillis(gracePeriod, "gracePeriod");
  const { head, session } = await findRun(worker, runId);
  if (!session) return { runId, outcome: "already-ended", status: head.status };
  return await session.use(async () => {
    const events = await session.exclusive(() =>
      commitEvents(session, (state, now) =>
        state.ended || state.cancellation
          ? []
          : requestEvents(runId, state, { reason, requestedBy, requestedAt: now, gracePeriodMs }),
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
  });
}

/** Nothing unshielded starts from here on, and the run wakes up to hear of it. */
async function pursue(session: Session): Promise<void> {
  await stopUnshielded(session);
  await sendUnheld(session.services, { continuation: { runId: session.key.runId } });
}

function requestEvents(
  runId: string,
  state: RunState,
  request: {
    reason: string | undefined;
    requestedBy: string | undefined;
    requestedAt: number;
    gracePeriodMs: number;
  },
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

/** Ends a run at once, without clean-up. */
export async function terminateRun(
  worker: Worker,
  runId: string,
  { reason, requestedBy }: TerminateOptions,
): Promise<TerminateAnswer> {
  checkOptions({ reason, requestedBy }, REQUEST);
  const { head, session } = await findRun(worker, runId);
  if (!session) return { runId, outcome: "already-ended", status: head.status };
  return await session.use(async () => {
    const events = await session.exclusive(() =>
      commitEvents(session, (state) =>
        state.ended ? [] : terminate(state, { reason, requestedBy }).events,
      ),
    );
    const status = session.state.ended ?? "terminated";
    return { runId, outcome: events.length > 0 ? "terminated" : "already-ended", status };
  });
}

const REQUEST = { reason: RULES.reason, requestedBy: RULES.reason };
