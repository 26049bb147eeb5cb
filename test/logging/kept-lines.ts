/** A JSON logger whose lines a test can read, at every level unless it is said from which on. */
import { createJsonLogger, type Logger, type LogLevel } from "../../src/engine/index.ts";

export interface KeptLine {
  time: string;
  level: string;
  message: string;
  [field: string]: unknown;
}

export interface KeptLines {
  logger: Logger;
  lines(): KeptLine[];
  /** As they were written. */
  text(): string;
}

export function keepLines(level: LogLevel = "debug"): KeptLines {
  const written: string[] = [];
  return {
    logger: createJsonLogger({ level, write: (line) => written.push(line) }),
    lines: () => written.map((line) => JSON.parse(line) as KeptLine),
    text: () => written.join("\n"),
  };
}
