import { ChangeMessageVisibilityBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type Duration, toMillis } from "../../core/duration.ts";
import type { SqsClient } from "./sqs-scheduler.ts";

export interface SqsRetriesOptions {
  client: SqsClient;
  /** The queue that the messages were received from. */
  queueUrl: string;
  /** How long it may take: the function's own time goes by. Default 500 ms. */
  timeout?: Duration | undefined;
}

/** The longest that SQS hides a message. */
const LONGEST_S = 43_200;
/** So many messages are in one batch for a function at most, and in one request. */
const MOST_ENTRIES = 10;

/**
 * Has messages that failed come again after a pause of their own, instead of the queue's visibility
 * timeout: for `turnHandler` of `detent/lambda`. Needs `sqs:ChangeMessageVisibility`.
 *
 * @example
 * turnHandler(engine, { retries: createSqsRetries({ client: new SQSClient(), queueUrl }) });
 */
export function createSqsRetries(
  options: SqsRetriesOptions,
): (messages: readonly { receiptHandle: string; afterMs: number }[]) => Promise<void> {
  const { queueUrl: QueueUrl } = options;
  const client = options.client as unknown as SQSClient;
  const timeoutMs = toMillis(options.timeout ?? "500ms", "timeout");
  return async (messages) => {
    const entries = messages.map(({ receiptHandle, afterMs }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: Math.min(Math.ceil(afterMs / 1000), LONGEST_S),
    }));
    const abortSignal = AbortSignal.timeout(timeoutMs);
    for (let from = 0; from < entries.length; from += MOST_ENTRIES) {
      const Entries = entries.slice(from, from + MOST_ENTRIES);
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries });
      await client.send(command, { abortSignal });
    }
  };
}
