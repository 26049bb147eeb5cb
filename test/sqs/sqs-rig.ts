import { CreateQueueCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { createLocalQueueClient, startLocalQueueServer } from "../../infra/local-queue.ts";
import { type Poller, startPoller } from "../../infra/queue-poller.ts";
import { turnHandler } from "../../src/adapters/lambda/index.ts";
import { createSqsScheduler } from "../../src/adapters/sqs/index.ts";
import type { SchedulerRig } from "../conformance/scheduler-conformance.ts";
import { silent } from "../silent.ts";

export interface QueueRig {
  endpoint: string;
  client: SQSClient;
  queueUrl: string;
  createQueue(name: string, attributes?: Record<string, string>): Promise<string>;
  /** Whether the server answers. */
  setOpen(open: boolean): void;
  stop(): Promise<void>;
}

/** A server of its own, with one queue whose messages come again after a second. */
export async function openQueue(): Promise<QueueRig> {
  const server = await startLocalQueueServer();
  const client = createLocalQueueClient(server.endpoint);
  const createQueue: QueueRig["createQueue"] = async (QueueName, Attributes) => {
    const { QueueUrl = "" } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
    return QueueUrl;
  };
  const queueUrl = await createQueue("turns", { VisibilityTimeout: "1" });
  const stop = async (): Promise<void> => {
    client.destroy();
    await server.stop();
  };
  const { endpoint, setOpen } = server;
  return { endpoint, client, queueUrl, createQueue, setOpen, stop };
}

/** The scheduler, the queue, and the function that reads it. */
export async function openSqsRig(): Promise<SchedulerRig> {
  const { client, queueUrl, stop } = await openQueue();
  let poller: Poller | undefined;
  return {
    scheduler: createSqsScheduler({ client, queueUrl }),
    deliverTo(turn) {
      const handler = turnHandler({ turn }, { logger: silent });
      const context = { getRemainingTimeInMillis: () => 60_000 };
      poller = startPoller({ client, queueUrl, invoke: (event) => handler(event, context) });
    },
    async stop() {
      await poller?.stop();
      await stop();
    },
  };
}
