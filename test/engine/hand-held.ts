/** Engines whose messages and time a test holds in its hands. */
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import type { AnyWorkflow } from "../../src/authoring/workflow.ts";
import { SchedulerUnavailableError } from "../../src/core/errors.ts";
import {
  createEngine,
  type Engine,
  type Message,
  type Observer,
  type Store,
} from "../../src/engine/index.ts";
import { silent } from "../silent.ts";

export interface HandHeld {
  engine: Engine;
  /** One more engine over the same store, clock and messages: another process. */
  another(): Engine;
  store: Store;
  /** What was sent since it was last asked. */
  takeSent(): Message[];
  /** The next so many sends fail. */
  refuse(sends: number): void;
  /** Delivers everything that was sent, whatever its delay, until nothing more is. */
  deliverAll(): Promise<void>;
  /** The time, which only the test moves. */
  clock: { now: number };
}

export function createHandHeld(
  workflows: readonly AnyWorkflow[],
  {
    maxDelayMs,
    store = createMemoryStore(),
    observer,
  }: { maxDelayMs?: number; store?: Store; observer?: Observer } = {},
): HandHeld {
  let sent: Message[] = [];
  let refused = 0;
  const clock = { now: Date.parse("2030-01-01T00:00:00Z") };
  const another = (): Engine =>
    createEngine({
      workflows,
      store,
      observer,
      logger: silent,
      clock: {
        now: () => clock.now,
        after(delayMs, callback) {
          // Only pauses between tries pass by themselves.
          const timer = delayMs < 1_000 ? setTimeout(callback, 0) : undefined;
          return () => clearTimeout(timer);
        },
      },
      scheduler: {
        ...(maxDelayMs !== undefined && { maxDelayMs }),
        send: async (messages) => {
          if (refused-- > 0) throw new SchedulerUnavailableError("The test", new Error("refused"));
          sent.push(...messages);
        },
      },
    });
  const engine = another();
  const takeSent = (): Message[] => {
    const taken = sent;
    sent = [];
    return taken;
  };
  return {
    engine,
    another,
    store,
    clock,
    takeSent,
    refuse(sends) {
      refused = sends;
    },
    async deliverAll() {
      for (let messages = takeSent(); messages.length > 0; messages = takeSent()) {
        for (const { continuation } of messages.filter(({ delayMs = 0 }) => delayMs === 0)) {
          await engine.turn(continuation);
        }
      }
    },
  };
}
