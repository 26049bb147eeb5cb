/** An error as a line of a log shows it: plain fields, which every logger can write. */

export interface LoggedError {
  name: string;
  code?: string | number;
  message?: string;
  stack?: string;
  cause?: LoggedError;
}

const DEEPEST_CAUSE = 3;
const LONGEST_STACK = 4000;

/** With all it says: for errors that no workflow and no step has made. Never throws. */
export function loggedError(thrown: unknown, depth = 0): LoggedError {
  const cause = read(thrown, "cause");
  const stack = textIn(thrown, "stack");
  return {
    ...nameAndCode(thrown),
    message: isError(thrown) ? (textIn(thrown, "message") ?? "") : textOf(thrown),
    ...(stack !== undefined && { stack: stack.slice(0, LONGEST_STACK) }),
    ...(cause !== undefined && depth < DEEPEST_CAUSE && { cause: loggedError(cause, depth + 1) }),
  };
}

/** A frame, and no line of a message that looks like one, unless it was made to. */
const FRAME = /^\s+at .*:\d+:\d+\)?$/;

/**
 * With nothing of what it says, which may have been taken from a payload: its name, its code, and
 * where it was thrown. Never throws.
 */
export function loggedWithoutMessage(thrown: unknown): LoggedError {
  const stack = textIn(thrown, "stack");
  if (stack === undefined) return nameAndCode(thrown);
  const message = textIn(thrown, "message") ?? "";
  const said = stack.indexOf(message);
  const frames = stack.slice(said < 0 ? 0 : said + message.length).split("\n");
  const shown = frames.filter((line) => FRAME.test(line)).join("\n");
  return { ...nameAndCode(thrown), stack: shown.slice(0, LONGEST_STACK) };
}

export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

/** Its name and its code alone. Never throws. */
export function nameAndCode(thrown: unknown): Pick<LoggedError, "name" | "code"> {
  const code = read(thrown, "code");
  return {
    name: textIn(thrown, "name") ?? "Error",
    ...((typeof code === "string" || typeof code === "number") && { code }),
  };
}

/** A text among an error's fields. */
function textIn(thrown: unknown, field: string): string | undefined {
  const text = isError(thrown) ? read(thrown, field) : undefined;
  return typeof text === "string" ? text : undefined;
}

function read(thrown: unknown, field: string): unknown {
  try {
    return isError(thrown) ? Reflect.get(thrown, field) : undefined;
  } catch {
    return undefined; // A getter that throws.
  }
}

/** Anything can be thrown, also what has no text. */
function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}
