/** From the log to what it says. Pure; a state is never changed, only followed by another. */
import { ENDINGS, type Entry, type EventOf, graceOf, type LogEvent } from "./events.ts";
import type { OpenCommand, OpenStep } from "./open-command.ts";
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
    startedAt: start.at,
    position: 1,
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
  let next: RunState = { ...state, at };
  for (const event of events) next = apply(next, event, { at, absorbed });
  return next;
}

function absorbedBy(state: RunState, event: LogEvent): number[] {
  if (!("step" in event) || event.type === "step.scheduled") return [];
  const open = state.open.get(event.command);
  return open?.kind === "step" && open.phase.type === "scheduled" ? [event.command] : [];
}

/** What an event's entry says beside it. */
interface Around {
  at: number;
  absorbed: readonly number[];
}

function apply(state: RunState, event: LogEvent, { at, absorbed }: Around): RunState {
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
    case "step.scheduled":
      return opened(
        countCleanup(state, event),
        openStep(event, { type: "scheduled", at, position: state.position, after: absorbed }),
      );
    case "step.started":
    case "step.renewed": {
      const { claim, lease } = event;
      return opened(countCleanup(state, event), openStep(event, { type: "running", claim, lease }));
    }
    case "step.retrying": {
      const { retryAt, error } = event;
      return opened(state, openStep(event, { type: "retrying", retryAt, error }));
    }
    case "step.cancelled":
      if (!state.open.has(event.command)) return state;
      return opened(state, openStep(event, { type: "cancelled" }));
    case "step.completed":
    case "step.failed":
    case "step.abandoned":
    case "sleep.completed":
    case "sleep.cancelled":
      return closed(state, event.command);
    case "sleep.started": {
      const { command, shielded, until } = event;
      return opened(state, { kind: "sleep", command, name: "sleep", shielded, until });
    }
    case "cancellation.requested": {
      const { reason, requestedBy, requestedAt } = event;
      const gracePeriodMs = graceOf(event);
      const cancellation = { reason, requestedBy, requestedAt, gracePeriodMs, cleanupSteps: 0 };
      return { ...state, cancellation };
    }
    case "cancellation.delivered":
      return delivered(state, event, at);
  }
}

type StepEvent = Extract<LogEvent, { step: string }>;

function openStep(event: StepEvent, phase: OpenStep["phase"]): OpenStep {
  const { command, step: name, shielded, attempt } = event;
  return { kind: "step", command, name, shielded, attempt, phase };
}

function opened(state: RunState, command: OpenCommand): RunState {
  return { ...state, open: state.open.with(command) };
}

function closed(state: RunState, command: number): RunState {
  return { ...state, open: state.open.without(command) };
}

function countCleanup(state: RunState, event: StepEvent): RunState {
  const { cancellation } = state;
  if (!cancellation?.delivered || state.open.has(event.command) || event.attempt > 1) return state;
  if (event.cleanup === false) return state;
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
