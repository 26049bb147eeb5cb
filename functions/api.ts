/** Serves the HTTP API. Everything is made once for each container. */
import { apiHandler } from "../src/adapters/lambda/index.ts";
import { createApp } from "../src/http/index.ts";
import { createDeployedEngine } from "./engine.ts";
import { readEnvironment } from "./environment.ts";
import { createDeployedLogger } from "./logger.ts";

const environment = readEnvironment([
  "DETENT_TABLE",
  "DETENT_QUEUE_URL",
  "DETENT_TOKENS",
  "DETENT_LOG_LEVEL",
]);
const logger = createDeployedLogger(environment);
const engine = createDeployedEngine(environment, logger);

export const handler = apiHandler(
  createApp({ engine, auth: { tokens: environment.DETENT_TOKENS }, logger }),
);
