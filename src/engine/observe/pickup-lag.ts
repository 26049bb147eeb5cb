/** How late functions take up what is due. Pure. */
import { isOfCommand, kindOf, roleOf } from "../../core/commands/index.ts";
import type { EventType, LogEvent } from "../../core/events.ts";
import type { RunState } from "../../core/run-state.ts";

/**
 * How long what this entry took up had been due: a new run, a timer, the next step. An entry that
 * brings the end of a step was not waited for.
 */
export function lagOf(
  before: RunState,
  events: readonly LogEvent[],
  at: number,
): number | undefined {
  if (events.some(isNews)) return undefined;
  const since = dueBefore(before, events);
  return since === undefined ? undefined : Math.max(0, at - since);
}

/** Whether it was somebody's news, or what somebody asked for. */
function isNews(event: LogEvent): boolean {
  if (isOfCommand(event)) return roleOf(event).isNews === true;
  return NEWS.includes(event.type);
}

const NEWS: readonly EventType[] = [
  "cancellation.requested",
  "workflow.terminated",
  "message.received",
  "run.paused",
  "run.resumed",
  "workflow.continued",
];

function dueBefore(before: RunState, events: readonly LogEvent[]): number | undefined {
  if (!before.begun) return Math.max(before.startedAt, before.startAt ?? 0);
  const timers = events.map((event) => timerOf(event, before)).filter((at) => at !== undefined);
  if (timers.length > 0) return Math.min(...timers);
  // A step that nothing of this entry led to: the entry before did.
  const isNew = events.some((e) => e.type === "step.started" && !before.open.has(e.command));
  return isNew ? before.at : undefined;
}

/** When the timer was due that this event ends. */
function timerOf(event: LogEvent, { open }: RunState): number | undefined {
  if (!isOfCommand(event) || !roleOf(event).isDue) return undefined;
  const command = open.get(event.command);
  return command && kindOf(command).dueAt(command);
}
