/** What is wrong with a value that was given, or with a setting. */
import { type Issue, withIssues } from "../issues.ts";
import { DetentError } from "./detent-error.ts";

export class PayloadTooLargeError extends DetentError<"payload.tooLarge"> {
  readonly size: number;
  readonly limit: number;

  constructor(details: { what: string; size: number; limit: number }) {
    super(
      "payload.tooLarge",
      `${details.what} takes ${details.size} bytes, and at most ${details.limit} can be kept. Store large data elsewhere and pass a reference to it.`,
    );
    this.size = details.size;
    this.limit = details.limit;
  }
}

export class InvalidInputError extends DetentError<"input.invalid"> {
  readonly issues: Issue[];

  constructor(message: string, issues: Issue[] = []) {
    super("input.invalid", withIssues(message, issues));
    this.issues = issues;
  }
}

export class InvalidOutputError extends DetentError<"output.invalid"> {
  readonly issues: Issue[];

  constructor(message: string, issues: Issue[] = []) {
    super("output.invalid", withIssues(message, issues));
    this.issues = issues;
  }
}

/** A value cannot be kept in the log; `path` says where in it (`.order.callback`). */
export class SerializationError extends DetentError<"value.notSerializable"> {
  readonly path?: string;

  constructor(details: { what: string; why: string; path?: string | undefined; cause?: unknown }) {
    const at = details.path ? ` at ${details.path}` : "";
    super(
      "value.notSerializable",
      `${details.what} cannot be kept${at}: ${details.why}. Use plain data (objects, arrays, Date, Map, Set, BigInt, typed arrays, errors); leave out functions, symbols and class instances.`,
      { cause: details.cause },
    );
    if (details.path !== undefined) this.path = details.path;
  }
}

/** The engine, or a call to it, was set up wrongly. */
export class ConfigurationError extends DetentError<"configuration.invalid"> {
  constructor(message: string) {
    super("configuration.invalid", message);
  }
}
