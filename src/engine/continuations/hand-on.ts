/**
 * What becomes of a message for a version that this engine does not know. With old and new workers on
 * one queue somebody else knows it, so it goes on to them, without a word in the log that anybody has
 * to read; only what nobody took for `handOverMs` is a problem of its run.
 */
import type { WorkflowNotFoundError } from "../../core/errors.ts";
import { handOverPause } from "../../core/hand-over.ts";
import type { RunState } from "../../core/run-state.ts";
import { liveClaims } from "../../core/wait.ts";
import type { Continuation } from "../../ports/scheduler.ts";
import type { TurnOptions } from "../engine.ts";
import type { Services } from "../services.ts";

export interface Unknown extends Pick<TurnOptions, "handBack" | "dueAt"> {
  continuation: Continuation;
  state: RunState;
  error: WorkflowNotFoundError;
}

/**
 * @returns whether the message is left to others; if not, nobody has taken it.
 * @throws WorkflowNotFoundError where whoever delivered it takes it back.
 */
export async function handOn(
  { clock, logger, scheduler, settings }: Services,
  { continuation, state, error, handBack, dueAt }: Unknown,
): Promise<boolean> {
  const { handOverMs, skewMs } = settings;
  const now = clock.now();
  const since = Math.min(continuation.unknownSince ?? dueAt ?? now, now);
  const isOver = now - since >= handOverMs;
  const isTaken = state.at > since || liveClaims(state, { now, skewMs }).length > 0;
  if (handOverMs === 0 || (isOver && !isTaken)) return false;
  const { runId } = continuation;
  const { workflow, version } = state;
  logger.debug("A message is left to an engine that knows the version of its run", {
    runId,
    workflow,
    version,
  });
  if (handBack) throw error;
  // Where no delay is kept, or nobody else reads what is sent, the sweep looks after the run.
  if (scheduler.returnsHere || scheduler.maxDelayMs === 0) return true;
  const unknownSince = isOver ? now : since;
  const delayMs = handOverPause(now - unknownSince);
  await scheduler.send([{ continuation: { ...continuation, unknownSince }, delayMs }]);
  return true;
}
