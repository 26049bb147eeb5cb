/** Tries continuations once more that the queue gave up, and tells their runs. */
import { deadLetterHandler } from "../src/adapters/lambda/index.ts";
import { createDeployedEngine } from "./engine.ts";
import { readEnvironment } from "./environment.ts";

const environment = readEnvironment(["DETENT_TABLE", "DETENT_QUEUE_URL"]);

export const handler = deadLetterHandler(createDeployedEngine(environment));
