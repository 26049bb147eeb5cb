/**
 * One batch of an SQS queue.
 *
 * B1. Each record ends for itself: what failed comes again, what is done does not.
 * B2. All records of a batch are worked on at once. Turns of one run are safe beside each other.
 * B3. A record that is no continuation fails, so that it ends up where somebody sees it.
 * B4. What failed comes again after seconds that grow, where there are `retries`; else, and should
 *     the function die, after the queue's visibility timeout.
 * B5. The answer comes before the function's time is up. What is not done by then counts as failed;
 *     no claim outlasts the function, so whoever gets the message next may take over.
 */
import { backoffMs } from "../../core/backoff.ts";
import { type Duration, toMillis } from "../../core/duration.ts";
import { DetentError, TimeoutError } from "../../core/errors.ts";
import { createConsoleLogger } from "../../platform/json-logger.ts";
import { loggedError } from "../../platform/logged-error.ts";
import { systemClock } from "../../platform/system-clock.ts";
import type { Clock } from "../../ports/clock.ts";
import { readContinuation } from "../../ports/continuation.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Continuation } from "../../ports/scheduler.ts";
import type { LambdaContext, SqsHandler, SqsRecord } from "./events.ts";

export interface BatchOptions {
  /** How much of the function's time is kept for handing back what is not done. Default 1 s. */
  margin?: Duration | undefined;
  /** Has what failed come again soon: `createSqsRetries()` of `detent/sqs`. */
  retries?: Retries | undefined;
  logger?: Logger | undefined;
  clock?: Clock | undefined;
}

/** Has messages come again after so long. What it does not get done comes when the queue says. */
export type Retries = (messages: readonly Retry[]) => Promise<void>;

export interface Retry {
  receiptHandle: string;
  afterMs: number;
}

/** Receives one continuation; throws if it has to come again. */
type Receive = (continuation: Continuation, context: Time & { logger: Logger }) => Promise<void>;

interface Time {
  /** How long the function still has. */
  remainingMs(): number;
  /** Rejects when that is over. */
  isUp: Promise<never>;
}

export function batchHandler(receive: Receive, options: BatchOptions): SqsHandler {
  const { logger = createConsoleLogger(), clock = systemClock } = options;
  const marginMs = toMillis(options.margin ?? "1s", "margin");
  return async ({ Records }, context) => {
    const { stop, ...time } = timeOf(context, marginMs, clock);
    const failed = async ({ messageId, body }: SqsRecord): Promise<boolean> => {
      let continuation: Continuation | undefined;
      try {
        continuation = readContinuation(body);
        await receive(continuation, { ...time, logger });
        return false;
      } catch (error) {
        logger.error("A message was not worked on and comes again", {
          messageId,
          ...(continuation && { runId: continuation.runId }),
          code: error instanceof DetentError ? error.code : "turn.failed",
          error: loggedError(error),
        });
        return true;
      }
    };
    const outcomes = await Promise.all(Records.map(failed));
    stop();
    const again = Records.filter((_, index) => outcomes[index]);
    await retrySoon(again, options.retries, logger);
    return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

/**
 * The pauses are short because a message is given up, and its run told, only after the last one.
 */
const BACKOFF = { firstMs: 2_000, longestMs: 60_000 };

async function retrySoon(
  records: readonly SqsRecord[],
  retries: Retries | undefined,
  logger: Logger,
): Promise<void> {
  const soon = records.flatMap(({ receiptHandle, attributes }) => {
    const receives = Number(attributes?.["ApproximateReceiveCount"] ?? 1);
    const afterMs = backoffMs(BACKOFF, receives);
    return receiptHandle === undefined ? [] : [{ receiptHandle, afterMs }];
  });
  if (!retries || soon.length === 0) return;
  try {
    await retries(soon);
  } catch (error) {
    logger.warn("What failed comes again only when the queue says", { error: loggedError(error) });
  }
}

function timeOf(
  context: LambdaContext,
  marginMs: number,
  clock: Clock,
): Time & { stop: () => void } {
  const remainingMs = (): number => Math.max(0, context.getRemainingTimeInMillis() - marginMs);
  let stop = (): void => {};
  const isUp = new Promise<never>((_, reject) => {
    stop = clock.after(remainingMs(), () =>
      reject(
        new TimeoutError(
          "The turn was not done before the function's time was up. Give the function more time, or split the step.",
        ),
      ),
    );
  });
  isUp.catch(() => {}); // Nobody may be waiting any more.
  return { remainingMs, isUp, stop };
}
