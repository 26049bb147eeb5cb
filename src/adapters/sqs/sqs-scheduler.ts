/**
 * Continuations through an SQS standard queue.
 *
 * Q1. A message counts as kept only when SQS names it as such. What it does not name is sent again,
 *     with jitter, until `timeout` is used up; so a message may be kept twice, which C2 allows.
 * Q2. Seconds are SQS's unit: a delay is rounded up to whole ones, and never longer than 900.
 * Q3. C3 is the queue's doing: a message that its reader does not delete comes again after the
 *     queue's visibility timeout.
 */

import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { backoffMs, jittered } from "../../core/backoff.ts";
import { type Duration, toMillis } from "../../core/duration.ts";
import { ConfigurationError, DetentError, SchedulerUnavailableError } from "../../core/errors.ts";
import { inParallel } from "../../core/in-parallel.ts";
import { isError } from "../../core/thrown.ts";
import { systemClock } from "../../platform/system-clock.ts";
import { type Clock, pause } from "../../ports/clock.ts";
import { writeContinuation } from "../../ports/continuation.ts";
import { MAX_DELAY_MS, type Message, type Scheduler } from "../../ports/scheduler.ts";
import { isAnswer, isTransient, reasonOf } from "../aws/transient.ts";
import { type BatchEntry, inBatches } from "./batches.ts";

/** An `SQSClient`. Its configuration, retries and middleware are kept. */
export interface SqsClient {
  send(command: never, options?: never): Promise<unknown>;
}

export interface SqsSchedulerOptions {
  client: SqsClient;
  /** Of a standard queue; FIFO queues keep no delay of a single message. */
  queueUrl: string;
  /** How long `send` may take, with all that is sent again. Default 10 s. */
  timeout?: Duration | undefined;
  /** Measures pauses and timeouts. */
  clock?: Clock | undefined;
  /** From 0 to 1, for jitter. Default `Math.random`. */
  random?: (() => number) | undefined;
}

const BACKOFF = { firstMs: 50, longestMs: 2_000 };
/** One try that hangs must leave time for others. */
const TRIES_IN_TIMEOUT = 3;
const BATCHES_AT_ONCE = 10;

/**
 * A scheduler that sends to an SQS queue; `turnHandler` of `detent/lambda` reads it.
 *
 * @example
 * const scheduler = createSqsScheduler({ client: new SQSClient(), queueUrl });
 * @throws ConfigurationError for a FIFO queue, or no queue.
 */
export function createSqsScheduler(options: SqsSchedulerOptions): Scheduler {
  const { queueUrl: QueueUrl, clock = systemClock, random = Math.random } = options;
  const client = options.client as unknown as SQSClient;
  const timeoutMs = toMillis(options.timeout ?? "10s", "timeout");
  checkQueue(QueueUrl);

  async function sendOnce(Entries: BatchEntry[]): Promise<{ left: BatchEntry[]; why: unknown }> {
    const controller = new AbortController();
    const stopTimer = clock.after(timeoutMs / TRIES_IN_TIMEOUT, () => controller.abort());
    try {
      const { Successful = [], Failed = [] } = await client.send(
        new SendMessageBatchCommand({ QueueUrl, Entries }),
        { abortSignal: controller.signal },
      );
      const kept = new Set(Successful.map(({ Id }) => Id));
      const [{ Code, Message } = {}] = Failed;
      const why = new Error([Code, Message].filter(Boolean).join(": ") || "no reason given");
      return { left: Entries.filter(({ Id }) => !kept.has(Id)), why };
    } catch (error) {
      if (isRefusal(error)) throw refusal(QueueUrl, error);
      return { left: Entries, why: error };
    } finally {
      stopTimer();
    }
  }

  async function sendBatch(batch: BatchEntry[], deadline: number): Promise<void> {
    let left = batch;
    for (let tries = 0; ; tries += 1) {
      const answer = await sendOnce(left);
      left = answer.left;
      if (left.length === 0) return;
      const pauseMs = jittered(backoffMs(BACKOFF, tries + 1), random());
      if (clock.now() + pauseMs >= deadline) {
        const { why } = answer;
        throw new SchedulerUnavailableError("SQS", why, isError(why) ? reasonOf(why) : undefined);
      }
      await pause(clock, pauseMs);
    }
  }

  return {
    maxDelayMs: MAX_DELAY_MS,
    async send(messages) {
      const batches = inBatches(messages.map(entryOf));
      const deadline = clock.now() + timeoutMs;
      await inParallel(batches, (batch) => sendBatch(batch, deadline), BATCHES_AT_ONCE);
    },
  };
}

function entryOf({ continuation, delayMs = 0 }: Message, index: number): BatchEntry {
  return {
    Id: String(index),
    MessageBody: writeContinuation(continuation),
    DelaySeconds: Math.ceil(Math.min(Math.max(0, delayMs), MAX_DELAY_MS) / 1000),
  };
}

function checkQueue(queueUrl: string): void {
  if (!queueUrl) throw new ConfigurationError("createSqsScheduler needs a queueUrl.");
  if (!queueUrl.endsWith(".fifo")) return;
  throw new ConfigurationError(
    `"${queueUrl}" is a FIFO queue, which keeps no delay of a single message. Use a standard queue; a run needs no order.`,
  );
}

/** Whether SQS said no, and would say so again. */
function isRefusal(error: unknown): error is Error {
  return isError(error) && isAnswer(error) && !isTransient(error);
}

function refusal(queueUrl: string, error: Error): DetentError {
  return new DetentError(
    "scheduler.refused",
    `SQS refused to take messages for "${queueUrl}": ${error.name}: ${error.message}. Check the queue's URL, the client's region and credentials, and its permission sqs:SendMessage.`,
    { cause: error },
  );
}
