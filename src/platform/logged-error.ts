/** An error as a line of a log shows it: plain fields, which every logger can write. */
import { fieldOf, isError, messageOf, textIn } from "../core/thrown.ts";

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
  const error = isError(thrown) ? thrown : undefined;
  const cause = fieldOf(error, "cause");
  const stack = textIn(error, "stack");
  return {
    ...nameAndCode(thrown),
    message: messageOf(thrown),
    ...(stack !== undefined && { stack: stack.slice(0, LONGEST_STACK) }),
    ...(cause !== undefined && depth < DEEPEST_CAUSE && { cause: loggedError(cause, depth + 1) }),
  };
}

/**
 * A frame of a stack. A line of a message that looks like one is not taken for it, unless somebody
 * made it look so.
 */
const FRAME = /^\s+at .*:\d+:\d+\)?$/;

/**
 * With nothing of what it says, which may have been taken from a payload: its name, its code, and
 * where it was thrown. Never throws.
 */
export function loggedWithoutMessage(thrown: unknown): LoggedError {
  const stack = isError(thrown) ? textIn(thrown, "stack") : undefined;
  if (stack === undefined) return nameAndCode(thrown);
  const message = textIn(thrown, "message") ?? "";
  const said = stack.indexOf(message);
  const frames = stack.slice(said < 0 ? 0 : said + message.length).split("\n");
  const shown = frames.filter((line) => FRAME.test(line)).join("\n");
  return { ...nameAndCode(thrown), stack: shown.slice(0, LONGEST_STACK) };
}

/** Its name and its code alone. Never throws. */
export function nameAndCode(thrown: unknown): Pick<LoggedError, "name" | "code"> {
  const error = isError(thrown) ? thrown : undefined;
  const code = fieldOf(error, "code");
  return {
    name: textIn(error, "name") ?? "Error",
    ...((typeof code === "string" || typeof code === "number") && { code }),
  };
}
