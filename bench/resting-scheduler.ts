import { createLocalScheduler, type LocalScheduler } from "../src/adapters/local/index.ts";
import type { Continuation, Scheduler } from "../src/engine/index.ts";

interface Target {
  turn(continuation: Continuation): Promise<void>;
  sweep(): Promise<unknown>;
}

export interface RestingScheduler extends Scheduler {
  start(target: Target): void;
  stop(): Promise<void>;
  /** Resolves when every message that was sent has been worked on, without asking the store. */
  atRest(): Promise<void>;
}

/** A local scheduler that sweeps as seldom as it is done in the cloud, and knows when it is idle. */
export function createRestingScheduler(): RestingScheduler {
  const local: LocalScheduler = createLocalScheduler({ sweepEvery: "1m" });
  const waiting: (() => void)[] = [];
  let open = 0;
  return {
    maxDelayMs: local.maxDelayMs ?? 0,
    async send(messages) {
      open += messages.length;
      await local.send(messages);
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
    stop: () => local.stop(),
    atRest: () =>
      open === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
  };
}
