/** The continuations that a turn sends. */
import { dueAfter, isOfCommand } from "../../core/commands/index.ts";
import type { LogEvent } from "../../core/events.ts";
import { MAX_DELAY_MS, type Message } from "../../ports/scheduler.ts";

/** One message for each task that an entry schedules, and for each child that begins with it. */
export function messagesFor(runId: string, events: readonly LogEvent[]): Message[] {
  return events.flatMap((event): Message[] => {
    if (event.type === "step.scheduled") return [{ continuation: { runId, task: event.command } }];
    return event.type === "child.started" ? [{ continuation: { runId: event.child } }] : [];
  });
}

/** The children that begin with an entry, by command. */
export function bornIn(events: readonly LogEvent[]): number[] {
  return events.flatMap((event) => (event.type === "child.started" ? event.command : []));
}

/** When an entry's new timers are due. */
export function timersIn(events: readonly LogEvent[]): number[] {
  return events
    .filter(isOfCommand)
    .map(dueAfter)
    .filter((at) => at !== undefined);
}

/** A message delayed to a time, or as long as a scheduler can keep one. */
export function later({ continuation }: Message, at: number, now: number): Message {
  const delayMs = Math.min(MAX_DELAY_MS, Math.max(0, Math.ceil(at - now)));
  return { continuation, delayMs };
}
