import { isError, textOf } from "./thrown.ts";

/** An error as a run's record shows it: what it says, without its own fields. */
export interface ErrorSummary {
  name: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: ErrorSummary;
}

const DEEPEST_CAUSE = 8;

export function summarizeError(error: unknown, depth = 0): ErrorSummary {
  if (!isError(error)) return { name: "Error", message: textOf(error) };
  const code: unknown = Reflect.get(error, "code");
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === "string" && { code }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause !== undefined &&
      depth < DEEPEST_CAUSE && { cause: summarizeError(error.cause, depth + 1) }),
  };
}
