/** The continuations that a turn sends. */
import type { Next } from "../core/decide.ts";
import type { LogEvent } from "../core/events.ts";
import { MAX_DELAY_MS, type Message } from "../ports/scheduler.ts";

/** What an entry calls for: one message for each task, and one for the soonest new timer. */
export function messagesFor(runId: string, events: readonly LogEvent[], now: number): Message[] {
  const tasks = events
    .filter((event) => event.type === "step.scheduled")
    .map(({ command }): Message => ({ continuation: { runId, task: command } }));
  const timers = events.flatMap((event) => {
    if (event.type === "sleep.started") return [event.until];
    return event.type === "step.retrying" ? [event.retryAt] : [];
  });
  const soonest = Math.min(...timers);
  return soonest - now > MAX_DELAY_MS ? tasks : [...tasks, wakeAt(runId, soonest, now)];
}

/** Looks at the run again at a time. */
export function wakeAt(runId: string, at: number, now: number): Message {
  return later({ continuation: { runId } }, at, now);
}

/** The message for the end of what this turn must wait for; none if the sweep sees to it. */
export function messageForWait(
  runId: string,
  wait: Extract<Next, { type: "wait" }>,
  now: number,
): Message[] {
  if (wait.until === undefined || wait.until - now > MAX_DELAY_MS) return [];
  return [wakeAt(runId, wait.until, now)];
}

/** A message delayed to a time, or as long as a scheduler can keep one. */
export function later({ continuation }: Message, at: number, now: number): Message {
  const delayMs = Math.min(MAX_DELAY_MS, Math.max(0, Math.ceil(at - now)));
  return { continuation, delayMs };
}
