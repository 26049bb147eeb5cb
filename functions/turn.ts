/** Takes the turns of runs: one for each continuation in the queue. Made once for each container. */
import { turnHandler } from "../src/adapters/lambda/index.ts";
import { createDeployedEngine } from "./engine.ts";
import { readEnvironment } from "./environment.ts";
import { createDeployedLogger } from "./logger.ts";

const environment = readEnvironment(["DETENT_TABLE", "DETENT_QUEUE_URL", "DETENT_LOG_LEVEL"]);
const logger = createDeployedLogger(environment);

export const handler = turnHandler(createDeployedEngine(environment, logger), { logger });
