/** The continuations that a turn sends. */
import type { Next } from "../core/decide.ts";
import type { LogEvent } from "../core/events.ts";
import { type Continuation, MAX_DELAY_MS, type Message } from "../ports/scheduler.ts";

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

/**
 * The messages for the end of what an idle turn must wait for; what is too far off is the sweep's.
 *
 * A claim that somebody else holds may have lost its function, and with it the message that this
 * delivery repeats; so one message waits for its end, naming it. A message that names another claim
 * has seen that one pass on to somebody with a message of its own; only a further attempt may have
 * been claimed under this very message. The sweep comes by itself.
 */
export function messagesForWait(
  runId: string,
  { until, claim }: Extract<Next, { type: "wait" }>,
  { claim: named, sweep }: Pick<Continuation, "claim" | "sweep">,
  now: number,
): Message[] {
  const timer =
    until === undefined || until - now > MAX_DELAY_MS ? [] : [wakeAt(runId, until, now)];
  const passedOn = named !== undefined && named !== claim?.id && claim?.attempt === 1;
  if (!claim || sweep || passedOn) return timer;
  return [...timer, later({ continuation: { runId, claim: claim.id } }, claim.endsAt, now)];
}

/** A message delayed to a time, or as long as a scheduler can keep one. */
export function later({ continuation }: Message, at: number, now: number): Message {
  const delayMs = Math.min(MAX_DELAY_MS, Math.max(0, Math.ceil(at - now)));
  return { continuation, delayMs };
}
