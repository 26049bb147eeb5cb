/**
 * Reads a queue for a function as Lambda does.
 *
 * QP1. No more batches are under way at once than the function works on; others wait in the queue.
 * QP2. What the function does not report as failed is deleted. All of a batch has failed when it
 *      throws, or when its report cannot be understood.
 * QP3. What has failed is left alone, and comes again after the queue's visibility timeout.
 * QP4. A queue that does not answer is asked again.
 */
import { setTimeout as pause } from "node:timers/promises";
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SqsRecord } from "../src/adapters/lambda/index.ts";

/** What of a message Lambda passes on to the function. */
export interface PolledRecord extends SqsRecord {
  receiptHandle: string;
  md5OfBody: string;
  attributes: Record<string, string>;
  messageAttributes: Record<string, never>;
}

export interface PolledEvent {
  Records: PolledRecord[];
}

export interface PollerOptions {
  client: SQSClient;
  queueUrl: string;
  /** Gives the function an event, and answers what it does. */
  invoke(event: PolledEvent): Promise<unknown>;
  /** At most 10. */
  batchSize?: number;
  /** How many batches at once. Default: any number. */
  concurrency?: number;
  /** Whether the function reports which messages failed. Default true. */
  partialFailures?: boolean;
}

export interface Poller {
  /** Takes no more, and waits for the batches under way. */
  stop(): Promise<void>;
}

const PAUSE_MS = 20;
const PAUSE_AFTER_FAILURE_MS = 200;

export function startPoller(options: PollerOptions): Poller {
  const { client, queueUrl: QueueUrl, invoke, batchSize = 10 } = options;
  const { concurrency = Number.POSITIVE_INFINITY, partialFailures = true } = options;
  const stopped = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function handIn(messages: readonly Message[]): Promise<void> {
    const event = { Records: messages.map(recordOf) };
    try {
      const answer = await invoke(event);
      const failed = partialFailures ? failuresIn(answer, event) : new Set();
      const done = messages.filter(({ MessageId }) => !failed.has(MessageId));
      if (done.length === 0) return;
      const Entries = done.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
      await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    } catch {
      // QP3. A message that could not be deleted is handed in once more.
    }
  }

  async function receive(): Promise<Message[]> {
    const request = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: batchSize,
      MessageSystemAttributeNames: ["All"],
    });
    const { Messages = [] } = await client.send(request, { abortSignal: stopped.signal });
    if (Messages.length === 0) await pause(PAUSE_MS);
    return Messages;
  }

  async function poll(): Promise<void> {
    while (!stopped.signal.aborted) {
      if (underWay.size >= concurrency) {
        await Promise.race(underWay);
        continue;
      }
      const messages = await receive().catch(async () => {
        if (!stopped.signal.aborted) await pause(PAUSE_AFTER_FAILURE_MS);
        return [];
      });
      if (messages.length === 0) continue;
      const batch = handIn(messages).finally(() => underWay.delete(batch));
      underWay.add(batch);
    }
  }

  const polling = poll();
  return {
    async stop() {
      stopped.abort();
      await polling;
      await Promise.all(underWay);
    },
  };
}

function recordOf(message: Message): PolledRecord {
  const {
    MessageId = "",
    ReceiptHandle = "",
    Body = "",
    MD5OfBody = "",
    Attributes = {},
  } = message;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    md5OfBody: MD5OfBody,
    attributes: Attributes as Record<string, string>,
    messageAttributes: {},
  };
}

/** The ids that the function reports. @throws Error for a report that Lambda would not take. */
function failuresIn(answer: unknown, { Records }: PolledEvent): Set<unknown> {
  const report: unknown = Reflect.get(Object(answer), "batchItemFailures") ?? [];
  if (!Array.isArray(report)) throw new Error("The function's report is no list.");
  const ids = new Set<unknown>(Records.map(({ messageId }) => messageId));
  const failed = report.map((failure) => Reflect.get(Object(failure), "itemIdentifier"));
  if (failed.every((id) => ids.has(id))) return new Set(failed);
  throw new Error("The function reports messages that it was not given.");
}
