/**
 * Reads a queue for a function as Lambda does: in batches; what the function reports as failed, or
 * all of a batch when it throws, comes again after the visibility timeout.
 */
import { setTimeout as pause } from "node:timers/promises";
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SqsBatchResponse, SqsEvent } from "../src/adapters/lambda/index.ts";

export interface PollerOptions {
  client: SQSClient;
  queueUrl: string;
  invoke(event: SqsEvent): Promise<SqsBatchResponse>;
  /** At most 10. */
  batchSize?: number;
}

export interface Poller {
  /** Takes no more, and waits for the batches under way. */
  stop(): Promise<void>;
}

const IDLE_MS = 20;

export function startPoller({ client, queueUrl, invoke, batchSize = 10 }: PollerOptions): Poller {
  const stopped = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function work(event: SqsEvent, receipts: ReadonlyMap<string, string>): Promise<void> {
    let failed: ReadonlySet<string>;
    try {
      const { batchItemFailures } = await invoke(event);
      failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    } catch {
      return;
    }
    const done = [...receipts].filter(([messageId]) => !failed.has(messageId));
    if (done.length === 0) return;
    const Entries = done.map(([, ReceiptHandle], index) => ({ Id: String(index), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }

  async function poll(): Promise<void> {
    while (!stopped.signal.aborted) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: batchSize }),
      );
      if (Messages.length === 0) {
        await pause(IDLE_MS);
        continue;
      }
      const Records = Messages.map(({ MessageId = "", Body = "" }) => ({
        messageId: MessageId,
        body: Body,
      }));
      const receipts = new Map(
        Messages.map(({ MessageId = "", ReceiptHandle = "" }) => [MessageId, ReceiptHandle]),
      );
      const batch = work({ Records }, receipts).finally(() => underWay.delete(batch));
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
