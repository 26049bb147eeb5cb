import type { Continuation } from "../../ports/scheduler.ts";
import { type BatchOptions, batchHandler } from "./batch.ts";
import type { SqsHandler } from "./events.ts";

/** What of an engine it calls. */
export interface TurnTarget {
  turn(
    continuation: Continuation,
    options?: { remainingMs?: (() => number) | undefined },
  ): Promise<void>;
}

/**
 * Works on the continuations that `createSqsScheduler` sends. The event source must report batch
 * item failures.
 *
 * @example
 * export const handler = turnHandler(engine, { retries: createSqsRetries({ client, queueUrl }) });
 */
export function turnHandler(engine: TurnTarget, options: BatchOptions = {}): SqsHandler {
  return batchHandler(
    (continuation, { remainingMs, isUp }) =>
      Promise.race([engine.turn(continuation, { remainingMs }), isUp]),
    options,
  );
}
