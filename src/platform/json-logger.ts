import { LOG_LEVELS, type Logger, type LogLevel } from "../ports/logger.ts";
import { jsonLine } from "./json-line.ts";

export interface JsonLoggerOptions {
  /** The least that is shown. Default `"info"`. */
  level?: LogLevel | "silent" | undefined;
  /** Takes a line, without its end. Default: the console, which writes warnings and errors to stderr. */
  write?: ((line: string, level: LogLevel) => void) | undefined;
}

/**
 * A logger that writes one object of JSON a line: `time`, `level`, `message`, then the fields. It
 * never throws, and cuts what is too long for a line.
 *
 * @example
 * const logger = createJsonLogger({ write: (line) => process.stdout.write(`${line}\n`) });
 */
export function createJsonLogger(options: JsonLoggerOptions = {}): Logger {
  const { level = "info", write = toConsole } = options;
  const least = level === "silent" ? LOG_LEVELS.length : LOG_LEVELS.indexOf(level);
  return loggerWith(LOG_LEVELS.slice(least), write, []);
}

/** A JSON logger on the console; by default it shows warnings and errors. */
export function createConsoleLogger(level: LogLevel | "silent" = "warn"): Logger {
  return createJsonLogger({ level });
}

type Write = (line: string, level: LogLevel) => void;
type Fields = Readonly<Record<string, unknown>>;

function loggerWith(shown: readonly LogLevel[], write: Write, around: readonly Fields[]): Logger {
  const log =
    (level: LogLevel) =>
    (message: string, fields: Fields = {}): void => {
      if (!shown.includes(level)) return;
      try {
        write(lineOf(level, message, [...around, fields]), level);
      } catch {
        // Where lines cannot be written there is nobody to tell.
      }
    };
  return {
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    child: (fields) => loggerWith(shown, write, [...around, fields]),
  };
}

function lineOf(level: LogLevel, message: string, fields: readonly Fields[]): string {
  const own = { time: new Date().toISOString(), level, message };
  try {
    const given = Object.entries(Object.assign({}, ...fields));
    // A field does not take the place of what the line itself says.
    const renamed = given.map(([name, value]) => [name in own ? `fields.${name}` : name, value]);
    return jsonLine({ ...own, ...Object.fromEntries(renamed) });
  } catch {
    return jsonLine({ ...own, fields: "[unreadable]" });
  }
}

function toConsole(line: string, level: LogLevel): void {
  console[level](line);
}
