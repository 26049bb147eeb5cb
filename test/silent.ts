import { createConsoleLogger } from "../src/platform/json-logger.ts";

/** For what is expected to fail. */
export const silent = createConsoleLogger("silent");
