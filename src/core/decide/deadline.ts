/**
 * A run ends without its code's consent when its time is up, when its log is too long, or when it
 * swallows its cancellation in a loop.
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

/** What a run may add to its log once it was asked to stop, as a part of its limit, and at least. */
const CLEANUP_PART = 0.1;
const CLEANUP_EVENTS = 1000;

/**
 * A log of as many events as it may have, of a run that was not asked to stop: it is, so that it can
 * clean up, and ends as failed.
 */
export function whenTooLong(state: RunState, situation: Situation): Decision | undefined {
  const { at, eventLimit, gracePeriodMs } = situation;
  if (state.cancellation || state.events < eventLimit) return undefined;
  const event: LogEvent = {
    type: "cancellation.requested",
    reason: `The log of the run has reached its limit of ${eventLimit} events.`,
    requestedBy: ENGINE,
    requestedAt: at,
    gracePeriodMs,
    eventLimit,
  };
  return { events: [event], next: { type: "replay" } };
}

/** A log that grows on and on after the request, in a shield or in the clean-up; it needs no replay. */
export function whenFarTooLong(
  state: RunState,
  { eventLimit }: { eventLimit: number },
): Decision | undefined {
  const most = eventLimit + Math.max(CLEANUP_EVENTS, CLEANUP_PART * eventLimit);
  if (!state.cancellation || state.events < most) return undefined;
  const reason = `The log of the run may have ${eventLimit} events, and its clean-up went far beyond that.`;
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

/** A run that was asked to stop has no such deadline any more, but that of its grace period. */
export function whenOverdue(state: RunState, situation: Situation): Decision | undefined {
  const { now, at, maxDurationMs, gracePeriodMs } = situation;
  const deadline = deadlineOf(state, maxDurationMs);
  if (deadline === undefined || now < deadline) return undefined;
  const event: LogEvent = {
    type: "cancellation.requested",
    reason: `The run took longer than its maxDuration of ${maxDurationMs} ms.`,
    requestedBy: ENGINE,
    requestedAt: at,
    gracePeriodMs,
  };
  return { events: [event], next: { type: "replay" } };
}
