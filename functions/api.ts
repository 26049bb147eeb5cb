/** Serves the HTTP API. Everything is made once for each container. */
import { apiHandler } from "../src/adapters/lambda/index.ts";
import { createApp } from "../src/http/index.ts";
import { createDeployedEngine } from "./engine.ts";
import { readEnvironment } from "./environment.ts";
import { createDeployedLogger } from "./logger.ts";
import { createSecretReader } from "./secret.ts";
import { createSecretTokens } from "./tokens.ts";

const { DETENT_TOKEN_SECRET: secret } = process.env;
const environment = readEnvironment([
  "DETENT_TABLE",
  "DETENT_QUEUE_URL",
  "DETENT_LOG_LEVEL",
  ...(secret ? [] : (["DETENT_TOKENS"] as const)),
]);
const logger = createDeployedLogger(environment);
const engine = createDeployedEngine(environment, logger);
const auth = secret
  ? createSecretTokens({ read: createSecretReader(secret), logger })
  : { tokens: environment.DETENT_TOKENS };

export const handler = apiHandler(createApp({ engine, auth, logger }));
