/**
 * A run ends without its code's consent when its time is up, or when it swallows its cancellation
 * in a loop.
 */
import type { LogEvent } from "../events.ts";
import type { Outcome } from "../outcome.ts";
import { deadlineOf, type RunState } from "../run-state.ts";
import type { Situation } from "../situation.ts";
import type { Decision } from "./decision.ts";
import { terminate } from "./ending.ts";

/** The requester of what the engine itself asks of a run. */
const ENGINE = "detent";

/** What the end of the grace period does to a run, which needs no replay. */
export function atDeadline(state: RunState, { now }: { now: number }): Decision | undefined {
  const { delivered } = state.cancellation ?? {};
  if (!delivered || now < delivered.deadline) return undefined;
  const reason = "The grace period of the cancellation ended before its clean-up did.";
  return terminate(state, { reason, requestedBy: ENGINE });
}

/** What is shielded in other branches is let finish. */
export function whenRunaway(
  state: RunState,
  { runaway, openShields }: Outcome,
): Decision | undefined {
  if (!runaway || openShields > 0) return undefined;
  const reason =
    "The workflow swallowed its cancellation in a loop. Rethrow errors for which isCancellation(error) is true.";
  return terminate(state, { reason, requestedBy: ENGINE });
}

export function whenOverdue(state: RunState, situation: Situation): Decision | undefined {
  const { now, at, maxDurationMs, gracePeriodMs } = situation;
  const deadline = deadlineOf(state, maxDurationMs);
  if (state.cancellation || deadline === undefined || now < deadline) return undefined;
  const event: LogEvent = {
    type: "cancellation.requested",
    reason: `The run took longer than its maxDuration of ${maxDurationMs} ms.`,
    requestedBy: ENGINE,
    requestedAt: at,
    gracePeriodMs,
  };
  return { events: [event], next: { type: "replay" } };
}
