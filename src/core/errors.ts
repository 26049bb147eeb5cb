/**
 * The error family. Every error has a stable `code`, typed details and a message that ends with
 * what to do. Errors are recognised by a brand on their prototype, so `instanceof` also works for
 * an error that another copy of this package made.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { RunStatus } from "./run.ts";

const BRAND: unique symbol = Symbol.for("detent.error") as never;

/** One problem a schema found in a value. */
export interface Issue {
  message: string;
  path?: PropertyKey[] | undefined;
}

export interface ErrorOptions {
  cause?: unknown;
}

/** Base of every error this package throws. */
export class DetentError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static override [Symbol.hasInstance](this: { prototype: object }, value: unknown): boolean {
    if (typeof value !== "object" || value === null) return false;
    if (Object.hasOwn(this.prototype, BRAND)) {
      const kind = Reflect.get(this.prototype, BRAND);
      return kind === "DetentError" ? kindOf(value) !== undefined : kindOf(value) === kind;
    }
    return Object.prototype.isPrototypeOf.call(this.prototype, value);
  }
}

/** The kind an error was branded with (`"FatalError"`), or `undefined` for any other value. */
export function kindOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const kind: unknown = Reflect.get(value, BRAND);
  return typeof kind === "string" ? kind : undefined;
}

/** Delivered to workflow and step code when its run was asked to stop. */
export class CancellationError extends DetentError<"run.cancelled"> {
  readonly reason?: string;
  readonly requestedBy?: string;
  readonly requestedAt: Date;

  constructor(
    details: {
      reason?: string | undefined;
      requestedBy?: string | undefined;
      requestedAt?: Date | undefined;
    } = {},
    options?: ErrorOptions,
  ) {
    const who = details.requestedBy === undefined ? "" : ` by ${details.requestedBy}`;
    const why = details.reason === undefined ? "" : `: ${details.reason}`;
    super("run.cancelled", `The run was cancelled${who}${why}`, options);
    if (details.reason !== undefined) this.reason = details.reason;
    if (details.requestedBy !== undefined) this.requestedBy = details.requestedBy;
    this.requestedAt = details.requestedAt ?? new Date(0);
  }
}

/** Thrown by a step to fail at once: no further attempt is made. */
export class FatalError extends DetentError<"step.fatal"> {
  constructor(message: string, options?: ErrorOptions) {
    super("step.fatal", message, options);
  }
}

/** Thrown by a step to be tried again after `retryAfter` instead of its usual backoff. */
export class RetryableError extends DetentError<"step.retryable"> {
  readonly retryAfter?: number | string | Date;

  constructor(
    message: string,
    options: ErrorOptions & { retryAfter?: number | string | Date | undefined } = {},
  ) {
    super("step.retryable", message, options);
    if (options.retryAfter !== undefined) this.retryAfter = options.retryAfter;
  }
}

/** What a workflow catches when a step failed for good; `cause` is what the step threw. */
export class StepFailedError extends DetentError<"step.failed"> {
  readonly step: string;
  readonly attempts: number;

  constructor(details: { step: string; attempts: number; cause: unknown }) {
    const times = details.attempts === 1 ? "1 attempt" : `${details.attempts} attempts`;
    const why = details.cause instanceof Error ? details.cause.message : String(details.cause);
    super("step.failed", `Step "${details.step}" failed after ${times}: ${why}`, {
      cause: details.cause,
    });
    this.step = details.step;
    this.attempts = details.attempts;
  }
}

/** One attempt of a step took longer than its `timeout`. */
export class StepTimeoutError extends DetentError<"step.timeout"> {
  constructor(details: { step: string; timeoutMs: number }) {
    super(
      "step.timeout",
      `Step "${details.step}" took longer than ${details.timeoutMs} ms. Raise its timeout, or make it listen to getContext().signal.`,
    );
  }
}

/** The function that ran an attempt went away before the attempt ended. */
export class StepLostError extends DetentError<"step.lost"> {
  constructor(details: { step: string; attempt: number }) {
    super(
      "step.lost",
      `Attempt ${details.attempt} of step "${details.step}" ended without an answer: the function that ran it died or lost its lease. Check that function's log and memory.`,
    );
  }
}

/** A step threw something that is not an `Error`; `thrown` is that value. */
export class NonErrorThrownError extends DetentError<"step.threwNonError"> {
  readonly thrown: unknown;

  constructor(thrown: unknown, where: string) {
    super(
      "step.threwNonError",
      `${where} threw ${describe(thrown)}, which is not an Error. Throw an Error, so that it has a message and a stack.`,
    );
    this.thrown = thrown;
  }
}

/** Replayed code asked for something else than what its log recorded at that position. */
export class NonDeterminismError extends DetentError<"workflow.nonDeterministic"> {
  readonly position: number;
  readonly expected: string;
  readonly got: string;

  constructor(details: { position: number; expected: string; got: string }) {
    super(
      "workflow.nonDeterministic",
      `The workflow's code no longer fits its log: command ${details.position} was recorded as ${details.expected}, but the code asked for ${details.got}. Deploy the code that started the run, or register the change under a new version.`,
    );
    this.position = details.position;
    this.expected = details.expected;
    this.got = details.got;
  }
}

/** Workflow code awaited something that is neither a Detent command nor settled by one. */
export class ForeignAwaitError extends DetentError<"workflow.foreignAwait"> {
  constructor(what: string) {
    super(
      "workflow.foreignAwait",
      `${what} after awaiting something that is not a Detent command (a timer, fetch or other I/O). Move that work into a step; in workflow code await only steps, sleeps and what is built from them.`,
    );
  }
}

/** Workflow code that goes on for ever without waiting for a command. */
export class EndlessLoopError extends DetentError<"workflow.endlessLoop"> {
  constructor(acts: number) {
    super(
      "workflow.endlessLoop",
      `The workflow asked ${acts} things in a row without waiting for a step or sleep. Wait with sleep() in a loop that polls, and rethrow errors for which isCancellation(error) is true.`,
    );
  }
}

/** The workflow, or the version of it that a run was started with, is not registered here. */
export class WorkflowNotFoundError extends DetentError<"workflow.notFound"> {
  readonly workflow: string;

  constructor(details: { workflow: string; version?: string | undefined; known?: string[] }) {
    const version = details.version === undefined ? "" : ` version "${details.version}"`;
    const known = details.known?.length ? ` Registered: ${details.known.join(", ")}.` : "";
    super(
      "workflow.notFound",
      `No workflow "${details.workflow}"${version} is registered in this engine.${known} Check the name, or pass the workflow to createEngine.`,
    );
    this.workflow = details.workflow;
  }
}

export class RunNotFoundError extends DetentError<"run.notFound"> {
  readonly runId: string;

  constructor(runId: string) {
    super(
      "run.notFound",
      `There is no run "${runId}". Check the id; runs are deleted after their retention.`,
    );
    this.runId = runId;
  }
}

/** The run has ended in a way that has no output, or too early for what was asked. */
export class RunEndedError extends DetentError<"run.ended"> {
  readonly runId: string;
  readonly status: RunStatus;
  readonly reason?: string;

  constructor(details: { runId: string; status: RunStatus; reason?: string | undefined }) {
    const why = details.reason === undefined ? "" : `: ${details.reason}`;
    super(
      "run.ended",
      `Run "${details.runId}" has ended as ${details.status}${why}. Nothing more can be asked of it; start a new run if the work is still needed.`,
    );
    this.runId = details.runId;
    this.status = details.status;
    if (details.reason !== undefined) this.reason = details.reason;
  }
}

/** A store refuses to work as it is set up; trying again does not help. */
export class StoreRefusedError extends DetentError<"store.refused" | "store.tableMissing"> {}

/** Something is kept that no version of this package wrote. */
export class StoreDamagedError extends DetentError<"store.damaged"> {
  constructor(what: string, why: string, cause?: unknown) {
    super(
      "store.damaged",
      `${what} cannot be read: ${why}. Something else changed or deleted it; restore it, or terminate the run.`,
      { cause },
    );
  }
}

export class IdempotencyConflictError extends DetentError<"run.idempotencyConflict"> {
  readonly runId: string;

  constructor(runId: string) {
    super(
      "run.idempotencyConflict",
      `Run "${runId}" was started before with the same key or id, but with another workflow or input. Use a new key for a new order of work.`,
    );
    this.runId = runId;
  }
}

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

/** A wait took longer than it was allowed to. What was waited for goes on. */
export class TimeoutError extends DetentError<"timeout"> {
  constructor(message: string) {
    super("timeout", message);
  }
}

/** The store gave no answer. The same call may be made again; nothing is half-written. */
export class StoreUnavailableError extends DetentError<"store.unavailable"> {
  constructor(operation: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      "store.unavailable",
      `The store did not answer (${operation}): ${why}. Try again; nothing was half-written.`,
      { cause },
    );
  }
}

/** The scheduler did not take every message; some may have been kept, which does no harm. */
export class SchedulerUnavailableError extends DetentError<"scheduler.unavailable"> {
  constructor(what: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      "scheduler.unavailable",
      `${what} did not take every message: ${why}. Try again; a message that is kept twice does no harm.`,
      { cause },
    );
  }
}

/** Other writers were faster, again and again. The same call may be made again. */
export class ContentionError extends DetentError<"run.contended"> {
  constructor(runId: string, tries: number) {
    super(
      "run.contended",
      `Run "${runId}" is being written by others: ${tries} tries to append to its log lost the race. Try again.`,
    );
  }
}

/** The engine, or a call to it, was set up wrongly. */
export class ConfigurationError extends DetentError<"configuration.invalid"> {
  constructor(message: string) {
    super("configuration.invalid", message);
  }
}

/** Every branded kind under its name: what revives an error that was kept in a log. */
export const ERROR_KINDS = {
  DetentError,
  CancellationError,
  FatalError,
  RetryableError,
  StepFailedError,
  StepTimeoutError,
  StepLostError,
  NonErrorThrownError,
  NonDeterminismError,
  ForeignAwaitError,
  EndlessLoopError,
  WorkflowNotFoundError,
  RunNotFoundError,
  RunEndedError,
  IdempotencyConflictError,
  PayloadTooLargeError,
  InvalidInputError,
  InvalidOutputError,
  SerializationError,
  TimeoutError,
  StoreUnavailableError,
  StoreRefusedError,
  StoreDamagedError,
  SchedulerUnavailableError,
  ContentionError,
  ConfigurationError,
} as const;

for (const [kind, { prototype }] of Object.entries(ERROR_KINDS)) {
  Object.defineProperty(prototype, BRAND, { value: kind });
  Object.defineProperty(prototype, "name", { value: kind, writable: true, configurable: true });
}

/**
 * True for a `CancellationError`, also as the `cause` of another error or inside an
 * `AggregateError`.
 */
export function isCancellation(error: unknown): boolean {
  return findCancellation(error) !== undefined;
}

/** The `CancellationError` in an error, its causes and its aggregated errors, if there is one. */
function findCancellation(error: unknown): CancellationError | undefined {
  return errorsIn(error).find((each) => each instanceof CancellationError);
}

/** An error, its causes and its aggregated errors, and theirs, each once. */
export function errorsIn(error: unknown): unknown[] {
  const found = new Set([error]);
  // A set hands out what is added to it meanwhile, and each once.
  for (const each of found) {
    for (const inner of innerErrors(each)) found.add(inner);
  }
  return [...found];
}

function innerErrors(error: unknown): unknown[] {
  if (typeof error !== "object" || error === null) return [];
  try {
    const { cause, errors } = error as { cause?: unknown; errors?: unknown };
    return Array.isArray(errors) ? [cause, ...errors] : [cause];
  } catch {
    return []; // A getter that throws.
  }
}

/** What a schema reported, as this package shows it. */
export function issuesOf(issues: readonly StandardSchemaV1.Issue[]): Issue[] {
  return issues.map(({ message, path }) => ({
    message,
    path: path?.map((part) => (typeof part === "object" ? part.key : part)),
  }));
}

function withIssues(message: string, issues: Issue[]): string {
  const shown = issues
    .slice(0, 5)
    .map(({ path, message: why }) =>
      path?.length ? `${path.map(String).join(".")}: ${why}` : why,
    );
  const more = issues.length > shown.length ? ` (and ${issues.length - shown.length} more)` : "";
  return shown.length ? `${message} ${shown.join("; ")}${more}` : message;
}

function describe(value: unknown): string {
  if (typeof value === "string") return `the string ${JSON.stringify(value.slice(0, 200))}`;
  if (value === null || typeof value !== "object") return String(value);
  return `an object of type ${value.constructor?.name ?? "Object"}`;
}
