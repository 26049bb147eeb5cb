import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { createDynamoStore } from "../src/adapters/dynamodb/index.ts";
import { createSqsScheduler } from "../src/adapters/sqs/index.ts";
import { createEngine, createLogObserver, type Engine, type Logger } from "../src/engine/index.ts";
import type { Environment } from "./environment.ts";
import { settings } from "./settings.ts";
import { workflows } from "./workflows.ts";

/** The engine of a function, on the table and the queue that its environment names. */
export function createDeployedEngine(
  environment: Environment<"DETENT_TABLE" | "DETENT_QUEUE_URL">,
  logger: Logger,
  queue: SQSClient = createQueueClient(),
): Engine {
  const { DETENT_TABLE: tableName, DETENT_QUEUE_URL: queueUrl } = environment;
  const { retention, ...others } = settings;
  return createEngine({
    ...others,
    workflows,
    logger,
    observer: createLogObserver(logger),
    store: createDynamoStore({ client: new DynamoDBClient(), tableName, retention }),
    scheduler: createSqsScheduler({ client: queue, queueUrl }),
  });
}

export function createQueueClient(): SQSClient {
  // Or a queue's URL would go before the endpoint that AWS_ENDPOINT_URL_SQS names.
  return new SQSClient({ useQueueUrlAsEndpoint: false });
}
