import { loggedError } from "../../ports/logged-error.ts";
import { type BatchOptions, batchHandler } from "./batch.ts";
import type { SqsHandler } from "./events.ts";
import type { TurnTarget } from "./turn-handler.ts";

/** What of an engine it calls. */
export interface ProblemTarget extends TurnTarget {
  reportProblem(runId: string, error: unknown): Promise<void>;
}

/**
 * Works on messages that were given up. Each is first a wake-up: what was in the way may be gone.
 * If it is not, the run shows it as its `problem`, and the message stays, so that the alarm goes on,
 * the message can be moved back to its queue, and it is tried again after the visibility timeout.
 *
 * @example
 * export const handler = deadLetterHandler(engine);
 */
export function deadLetterHandler(engine: ProblemTarget, options: BatchOptions = {}): SqsHandler {
  return batchHandler(async (continuation, { remainingMs, isUp, logger }) => {
    try {
      await Promise.race([engine.turn(continuation, { remainingMs }), isUp]);
    } catch (error) {
      await engine.reportProblem(continuation.runId, error).catch((failure: unknown) => {
        logger.error("A problem could not be recorded on its run", {
          runId: continuation.runId,
          error: loggedError(failure),
        });
      });
      throw error;
    }
  }, options);
}
