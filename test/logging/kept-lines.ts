/** A JSON logger whose lines a test can read, at every level. */
import { createJsonLogger, type Logger } from "../../src/engine/index.ts";

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

export function keepLines(): KeptLines {
  const written: string[] = [];
  return {
    logger: createJsonLogger({ level: "debug", write: (line) => written.push(line) }),
    lines: () => written.map((line) => JSON.parse(line) as KeptLine),
    text: () => written.join("\n"),
  };
}
