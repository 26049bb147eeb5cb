import { createConsoleLogger } from "../src/ports/logger.ts";

/** For what is expected to fail. */
export const silent = createConsoleLogger("silent");
