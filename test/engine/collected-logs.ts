import type { Logger } from "../../src/ports/logger.ts";

export interface LogLine {
  level: string;
  message: string;
  fields: Record<string, unknown>;
}

/** A logger that keeps its lines. */
export function collectLogs(): { logger: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const create = (fields: Record<string, unknown>): Logger => {
    const write = (level: string) => (message: string, more?: Record<string, unknown>) => {
      lines.push({ level, message, fields: { ...fields, ...more } });
    };
    return {
      debug: write("debug"),
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
      child: (more) => create({ ...fields, ...more }),
    };
  };
  return { logger: create({}), lines };
}
