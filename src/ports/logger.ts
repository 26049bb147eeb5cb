/** Structured logging. Nothing of a payload is passed to it. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
  child(fields: Record<string, unknown>): Logger;
}

type Level = "debug" | "info" | "warn" | "error";
const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];

/** One JSON object a line on the console; `level` is the least that is shown. */
export function createConsoleLogger(
  level: Level | "silent" = "warn",
  fields: Record<string, unknown> = {},
): Logger {
  const least = level === "silent" ? LEVELS.length : LEVELS.indexOf(level);
  const write = (at: Level) => (message: string, more?: Record<string, unknown>) => {
    if (LEVELS.indexOf(at) < least) return;
    console[at](JSON.stringify({ level: at, message, ...fields, ...more }));
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (more) => createConsoleLogger(level, { ...fields, ...more }),
  };
}
