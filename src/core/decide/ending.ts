/** How a log ends: in one entry, with what the run leaves behind. */
import { ENTRY_LIMIT } from "../bounds.ts";
import { carriedBy } from "../child-end.ts";
import { isChild, kindOf, type OpenCommand, type PendingCommand } from "../commands/index.ts";
import { TooManyEventsError } from "../errors.ts";
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
  let room = ENTRY_LIMIT - sizeOf(terminal) - ROOM_TO_SPARE;
  const events: LogEvent[] = [];
  const left = isTerminal(terminal) ? leftovers(state) : carriedOver(state);
  for (const event of [...left, ...neverBegun]) {
    room -= sizeOf(event);
    if (room < 0 || events.length >= MOST_LEFTOVERS) break;
    events.push(event);
  }
  return { events: [...events, terminal], next: { type: "ended" } };
}

function leftovers(state: RunState): LogEvent[] {
  return state.open.values().flatMap(leftover);
}

function leftover(open: OpenCommand): LogEvent[] {
  const event = kindOf(open).leftover(open);
  return event ? [event] : [];
}

/** The same of a run that goes on in another log, to which its living children are carried over. */
function carriedOver(state: RunState): LogEvent[] {
  return state.open.values().flatMap((open) => {
    const carried = isChild(open) ? carriedBy(open) : undefined;
    return carried ? [carried] : leftover(open);
  });
}
