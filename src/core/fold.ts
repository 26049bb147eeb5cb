/** From the log to what it says. Pure; a state is never changed, only followed by another. */
import type { Around, SentMessage } from "./commands/command.ts";
import {
  type CommandEvent,
  isChild,
  isEventOf,
  isOfCommand,
  isTask,
  type OpenCommand,
  roleOf,
} from "./commands/index.ts";
import {
  ENDINGS,
  type Entry,
  type EventOf,
  graceOf,
  isFromOutside,
  type LogEvent,
} from "./events.ts";
import { Mailbox } from "./mailbox.ts";
import { OpenCommands } from "./open-commands.ts";
import type { RunState } from "./run-state.ts";

/** The state after entry 0. */
export function begin(start: Entry): RunState {
  const [event] = start.events;
  if (event?.type !== "workflow.started") throw new Error("entry 0 does not start a run");
  return {
    workflow: event.workflow,
    version: event.version,
    input: event.input,
    ...(event.startAt === undefined ? {} : { startAt: event.startAt }),
    startedAt: event.began ?? start.at,
    // The code of a later generation has something to clean up before it has begun: what it was left with.
    ...(event.generation !== undefined && { begun: { at: start.at, position: 0 } }),
    position: 1,
    events: start.events.length,
    at: start.at,
    open: OpenCommands.none,
  };
}

/** The state after one more entry. */
export function fold(state: RunState, entry: Entry): RunState {
  const next = applyAll(state, entry.events, entry.at);
  return { ...next, position: entry.position + 1 };
}

/** The state as it will be once these events are appended at the position it has. */
export function applyAll(state: RunState, events: readonly LogEvent[], at: number): RunState {
  const absorbed = events.flatMap((event) => absorbedBy(state, event));
  const begun =
    state.begun ?? (isFromOutside({ events }) ? undefined : { at, position: state.position });
  let next: RunState = {
    ...state,
    events: state.events + events.length,
    at,
    ...(begun && { begun }),
  };
  const around = { at, position: state.position, absorbed };
  for (const event of events) {
    next = isOfCommand(event) ? applyToCommand(next, event, around) : apply(next, event, at);
  }
  return next;
}

function absorbedBy(state: RunState, event: LogEvent): number[] {
  if (!isEventOf("step", event) || event.type === "step.scheduled") return [];
  return isTask(state.open.get(event.command)) ? [event.command] : [];
}

function apply(state: RunState, event: Exclude<LogEvent, CommandEvent>, at: number): RunState {
  switch (event.type) {
    case "workflow.started":
      return state;
    case "workflow.terminated": {
      const { reason, requestedBy } = event;
      return { ...state, ended: "terminated", termination: { reason, requestedBy } };
    }
    case "workflow.completed":
    case "workflow.failed":
    case "workflow.cancelled":
      return { ...state, ended: ENDINGS[event.type] };
    case "run.paused": {
      const { reason, requestedBy } = event;
      return { ...state, pause: { reason, requestedBy, at } };
    }
    case "run.resumed":
      return { ...goingOn(state), resumed: true };
    case "workflow.continued":
      return { ...state, continued: true };
    case "cancellation.requested": {
      const { reason, requestedBy, requestedAt, eventLimit } = event;
      const asked = { reason, requestedBy, requestedAt, eventLimit };
      const children = { asked: state.open.unshielded.childCount, ended: 0 };
      const cancellation = { ...asked, gracePeriodMs: graceOf(event), cleanupSteps: 0, children };
      return { ...goingOn(state), cancellation };
    }
    case "cancellation.delivered":
      return delivered(state, event, at);
    case "message.received":
      return { ...state, mailbox: mailboxOf(state).with(event) };
    case "messages.remembered":
      return { ...state, mailbox: mailboxOf(state).remembering(event.messageIds) };
  }
}

/** A run that is to stop rests no more. */
function goingOn({ pause: _, ...state }: RunState): RunState {
  return state;
}

function applyToCommand(state: RunState, event: CommandEvent, around: Around): RunState {
  const { command } = event;
  const role = roleOf(event);
  switch (role.does) {
    case "opens":
      return opened(countCleanup(state, event), role.open(event, around));
    case "changes":
      return opened(state, role.open(event, around));
    case "settles":
      return closed(afterSettling(countEnded(state, command), event), command);
    case "cancels":
      if (!role.open || !state.open.has(command)) return closed(state, command);
      return opened(countEnded(state, command), role.open(event, around));
  }
}

/** Of a child that is cancelled with its run. */
function countEnded(state: RunState, command: number): RunState {
  const { cancellation, open } = state;
  const child = open.unshielded.get(command);
  if (!cancellation || !isChild(child) || child.onParentEnd !== "cancel") return state;
  const { asked, ended } = cancellation.children;
  return { ...state, cancellation: { ...cancellation, children: { asked, ended: ended + 1 } } };
}

/** A message is taken by it, or a child is asked to stop, and bears that as long as it lives. */
function afterSettling(state: RunState, event: CommandEvent): RunState {
  const role = roleOf(event);
  if (role.does === "settles" && role.takes) return taken(state, role.takes(event));
  if (event.type !== "child.cancelRequested") return state;
  const child = state.open.get(event.target);
  if (!isChild(child) || child.asked || child.ended) return state;
  const { reason } = event;
  return opened(state, { ...child, asked: reason === undefined ? {} : { reason } });
}

function opened(state: RunState, command: OpenCommand): RunState {
  return { ...state, open: state.open.with(command) };
}

function closed(state: RunState, command: number): RunState {
  return { ...state, open: state.open.without(command) };
}

/** What a run was sent. */
export function mailboxOf({ mailbox }: RunState): Mailbox {
  return mailbox ?? Mailbox.empty;
}

function taken(state: RunState, message: SentMessage): RunState {
  return { ...state, mailbox: mailboxOf(state).without(message) };
}

function countCleanup(state: RunState, event: CommandEvent): RunState {
  const { cancellation } = state;
  if (!isEventOf("step", event) || event.cleanup === false) return state;
  if (!cancellation?.delivered || state.open.has(event.command)) return state;
  return {
    ...state,
    cancellation: { ...cancellation, cleanupSteps: cancellation.cleanupSteps + 1 },
  };
}

/** Every unshielded command that was open is settled by the delivery. */
function delivered(
  state: RunState,
  event: EventOf<"cancellation.delivered">,
  at: number,
): RunState {
  if (!state.cancellation) return state;
  const { checkpoint, deadline = at + state.cancellation.gracePeriodMs } = event;
  const cancellation = { ...state.cancellation, delivered: { at, checkpoint, deadline } };
  return { ...state, open: state.open.withoutUnshielded(), cancellation };
}
