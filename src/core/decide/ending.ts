/** How a log ends: in one entry, with what the run leaves behind. */
import { ENTRY_LIMIT } from "../bounds.ts";
import { carriedBy } from "../child-end.ts";
import { isChild, kindOf, type OpenCommand, type PendingCommand } from "../commands/index.ts";
import { TooManyChildrenError, TooManyEventsError } from "../errors.ts";
import { isTerminal, type LogEvent } from "../events.ts";
import type { Ending, Outcome } from "../outcome.ts";
import type { RunState, TerminationState } from "../run-state.ts";
import type { Situation } from "../situation.ts";
import { encodeError, sizeOf } from "../value.ts";
import { waitFor } from "../wait.ts";
import type { Decision } from "./decision.ts";

/** How much of a closing entry is left free of what the run leaves behind. */
const ROOM_TO_SPARE = 1024;
const MOST_LEFTOVERS = 900;

/** Ends a run at once. */
export function terminate(state: RunState, { reason, requestedBy }: TerminationState): Decision {
  return close(state, { type: "workflow.terminated", reason, requestedBy });
}

export function end(state: RunState, outcome: Outcome, situation: Situation): Decision | undefined {
  const { ending, openShields, unrecorded } = outcome;
  if (!ending || openShields > 0) return undefined;
  // Its children were asked to stop with it, and end before it does.
  if (state.cancellation && state.open.unshielded.childCount > 0) {
    return { events: [], next: waitFor(state, [], situation) };
  }
  // What a pause kept from beginning is none of those that nobody awaits: it lost a race, or would have
  // begun.
  const never = state.pause ? [] : [...unrecorded.values()];
  return close(state, terminalEvent(state, ending), unbegun(never));
}

/** Of commands that the code issued right before its end, and that nobody awaits. */
export function unbegun(issued: readonly PendingCommand[]): LogEvent[] {
  return issued.map((each) => kindOf(each).neverBegun(each));
}

function terminalEvent(state: RunState, ending: Ending): LogEvent {
  if (ending.type === "completed") return { type: "workflow.completed", output: ending.output };
  const { delivered, eventLimit } = state.cancellation ?? {};
  const cancelled = ending.cancellation && delivered !== undefined;
  if (cancelled && eventLimit !== undefined) return tooLong(eventLimit);
  return { type: cancelled ? "workflow.cancelled" : "workflow.failed", error: ending.error };
}

function tooLong(limit: number): LogEvent {
  return { type: "workflow.failed", error: encodeError(new TooManyEventsError(limit)) };
}

/** What the run leaves behind, as far as it fits, and the last event of its log, which ends the rest as well. */
export function close(
  state: RunState,
  terminal: LogEvent,
  neverBegun: readonly LogEvent[] = [],
): Decision {
  const left = isTerminal(terminal) ? leftovers(state) : [...carried(state), ...uncarried(state)];
  const events = fitting([...left, ...neverBegun], ENTRY_LIMIT - sizeOf(terminal) - ROOM_TO_SPARE);
  return { events: [...events, terminal], next: { type: "ended" } };
}

function fitting(events: readonly LogEvent[], bytes: number): LogEvent[] {
  let room = bytes;
  const end = events.findIndex((event, index) => {
    room -= sizeOf(event);
    return room < 0 || index >= MOST_LEFTOVERS;
  });
  return end < 0 ? [...events] : events.slice(0, end);
}

/** What keeps a run from going on in another log: a child that this one does not tell of would be lost. */
export function whyNotCarried(state: RunState): TooManyChildrenError | undefined {
  const living = carried(state);
  const limit = fitting(living, ENTRY_LIMIT - 2 * ROOM_TO_SPARE).length;
  if (living.length === limit) return undefined;
  return new TooManyChildrenError({ living: living.length, limit });
}

function leftovers(state: RunState): LogEvent[] {
  return state.open.values().flatMap(leftover);
}

function leftover(open: OpenCommand): LogEvent[] {
  const event = kindOf(open).leftover(open);
  return event ? [event] : [];
}

/** The children that live on under the next log. */
function carried(state: RunState): LogEvent[] {
  return state.open.values().flatMap((open) => carriedEvent(open) ?? []);
}

/** What a run leaves behind beside those. */
function uncarried(state: RunState): LogEvent[] {
  return state.open.values().flatMap((open) => (carriedEvent(open) ? [] : leftover(open)));
}

function carriedEvent(open: OpenCommand): LogEvent | undefined {
  return isChild(open) ? carriedBy(open) : undefined;
}
