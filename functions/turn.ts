/** Takes the turns of runs: one for each continuation in the queue. Made once for each container. */
import { turnHandler } from "../src/adapters/lambda/index.ts";
import { createSqsRetries } from "../src/adapters/sqs/index.ts";
import { createDeployedEngine, createQueueClient } from "./engine.ts";
import { readEnvironment } from "./environment.ts";
import { createDeployedLogger } from "./logger.ts";

const environment = readEnvironment(["DETENT_TABLE", "DETENT_QUEUE_URL", "DETENT_LOG_LEVEL"]);
const logger = createDeployedLogger(environment);
const client = createQueueClient();

export const handler = turnHandler(createDeployedEngine(environment, logger, client), {
  logger,
  retries: createSqsRetries({ client, queueUrl: environment.DETENT_QUEUE_URL }),
});
