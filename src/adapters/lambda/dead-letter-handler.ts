import type { Problem } from "../../core/run.ts";
import { loggedError } from "../../platform/logged-error.ts";
import { type BatchOptions, batchHandler } from "./batch.ts";
import type { SqsHandler } from "./events.ts";
import type { TurnTarget } from "./turn-handler.ts";

/** What of an engine it calls. */
export interface ProblemTarget extends TurnTarget {
  reportProblem(
    runId: string,
    error: unknown,
    options?: { instead?: Problem | undefined },
  ): Promise<void>;
  /** An engine of one's own may note nothing. */
  noteGivenUp?(runId: string): Promise<Problem | undefined>;
  withdrawProblem?(runId: string, problem: Problem): Promise<void>;
}

/**
 * Works on messages that were given up. Each is first a wake-up: what was in the way may be gone.
 * If it is not, the run shows it as its `problem`, and the message stays, so that the alarm goes on,
 * the message can be moved back to its queue, and it is tried again after the visibility timeout.
 *
 * That a message was given up stands on its run before the turn begins: one that never comes back,
 * such as one of code that loops without a pause, could say nothing afterwards.
 *
 * @example
 * export const handler = deadLetterHandler(engine);
 */
export function deadLetterHandler(engine: ProblemTarget, options: BatchOptions = {}): SqsHandler {
  return batchHandler(async (continuation, { remainingMs, isUp, logger }) => {
    const { runId } = continuation;
    // A failure to note it does not keep the turn from being tried; should that fail, the store is
    // asked again.
    const noted = await engine.noteGivenUp?.(runId).catch(() => undefined);
    try {
      await Promise.race([engine.turn(continuation, { remainingMs }), isUp]);
    } catch (error) {
      await engine.reportProblem(runId, error, { instead: noted }).catch((failure: unknown) => {
        logger.error("A problem could not be recorded on its run", {
          runId,
          error: loggedError(failure),
        });
      });
      throw error;
    }
    if (noted) await engine.withdrawProblem?.(runId, noted);
  }, options);
}
