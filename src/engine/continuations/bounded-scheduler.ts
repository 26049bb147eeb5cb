import { MAX_DELAY_MS, type Message, type Scheduler } from "../../ports/scheduler.ts";

/**
 * The scheduler as the engine uses it: never asked for a longer delay than it keeps (C4). A longer
 * wait goes on in hops, as an early message is harmless; where no delay is kept at all, the message
 * is left out, and the sweep looks at the run when it is due.
 */
export function boundedScheduler(scheduler: Scheduler): Required<Omit<Scheduler, "onGivenUp">> {
  const maxDelayMs = Math.min(scheduler.maxDelayMs ?? MAX_DELAY_MS, MAX_DELAY_MS);
  const within = (message: Message): Message[] => {
    if (message.delayMs === undefined || message.delayMs <= maxDelayMs) return [message];
    return maxDelayMs > 0 ? [{ ...message, delayMs: maxDelayMs }] : [];
  };
  return {
    maxDelayMs,
    returnsHere: scheduler.returnsHere ?? false,
    async send(messages) {
      const kept = messages.flatMap(within);
      if (kept.length > 0) await scheduler.send(kept);
    },
  };
}
