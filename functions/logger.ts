import { createJsonLogger, type Logger } from "../src/engine/index.ts";
import type { Environment } from "./environment.ts";

/** One object of JSON a line, straight to stdout: Lambda's console would put text before it. */
export function createDeployedLogger({
  DETENT_LOG_LEVEL: level,
}: Environment<"DETENT_LOG_LEVEL">): Logger {
  return createJsonLogger({ level, write: (line) => process.stdout.write(`${line}\n`) });
}
