/** Tries continuations once more that the queue gave up, and tells their runs. */
import { deadLetterHandler } from "../src/adapters/lambda/index.ts";
import { createDeployedEngine } from "./engine.ts";
import { readEnvironment } from "./environment.ts";
import { createDeployedLogger } from "./logger.ts";

const environment = readEnvironment(["DETENT_TABLE", "DETENT_QUEUE_URL", "DETENT_LOG_LEVEL"]);
const logger = createDeployedLogger(environment);

export const handler = deadLetterHandler(createDeployedEngine(environment, logger), { logger });
