import { createLocalScheduler, type LocalScheduler } from "../src/adapters/local/index.ts";
import type { Continuation, Message, Scheduler } from "../src/engine/index.ts";

interface Target {
  turn(continuation: Continuation): Promise<void>;
  sweep(): Promise<unknown>;
}

export interface RestingScheduler extends Scheduler {
  start(target: Target): void;
  stop(): Promise<void>;
  /** Resolves when every message that is due has been worked on, without asking the store. */
  atRest(): Promise<void>;
  /** How many were sent since it was last asked. */
  takeMessages(): number;
}

/** A local scheduler that sweeps as seldom as it is done in the cloud, and knows when it is idle. */
export function createRestingScheduler(): RestingScheduler {
  const local: LocalScheduler = createLocalScheduler({ sweepEvery: "1m" });
  const waiting: (() => void)[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let open = 0;
  let sent = 0;
  const sendNow = async ({ continuation }: Message): Promise<void> => {
    open += 1;
    await local.send([{ continuation }]);
  };
  const sendLater = (message: Message, delayMs: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void sendNow(message);
    }, delayMs);
    timers.add(timer);
  };
  return {
    maxDelayMs: local.maxDelayMs ?? 0,
    takeMessages() {
      const taken = sent;
      sent = 0;
      return taken;
    },
    async send(messages) {
      sent += messages.length;
      for (const message of messages) {
        // What waits for its time leaves the runs at rest until then.
        if (message.delayMs) sendLater(message, message.delayMs);
        else await sendNow(message);
      }
    },
    start(target) {
      local.start({
        sweep: () => target.sweep(),
        async turn(continuation) {
          await target.turn(continuation);
          open -= 1;
          if (open === 0) for (const wake of waiting.splice(0)) wake();
        },
      });
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      await local.stop();
    },
    atRest: () =>
      open === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
  };
}
