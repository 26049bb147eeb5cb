/** Takes the turns of runs: one for each continuation in the queue. Made once for each container. */
import { turnHandler } from "../src/adapters/lambda/index.ts";
import { createDeployedEngine } from "./engine.ts";
import { readEnvironment } from "./environment.ts";

const environment = readEnvironment(["DETENT_TABLE", "DETENT_QUEUE_URL"]);

export const handler = turnHandler(createDeployedEngine(environment));
