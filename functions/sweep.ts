/** Wakes what is due, every minute. Made once for each container. */
import { sweepHandler } from "../src/adapters/lambda/index.ts";
import { createDeployedEngine } from "./engine.ts";
import { readEnvironment } from "./environment.ts";

const environment = readEnvironment(["DETENT_TABLE", "DETENT_QUEUE_URL"]);

export const handler = sweepHandler(createDeployedEngine(environment));
