/**
 * The error family. Every error has a stable `code`, typed details and a message that ends with
 * what to do.
 */
import { CancellationError } from "./cancellation-error.ts";
import { brand, DetentError, type ErrorOptions } from "./detent-error.ts";
import {
  HookAlreadyReceivedError,
  HookExpiredError,
  HookNotFoundError,
  HookTimeoutError,
} from "./hook-errors.ts";
import { type Issue, withIssues } from "./issues.ts";
import { NonErrorThrownError } from "./non-error-thrown.ts";
import type { RunStatus } from "./run.ts";
import {
  SchedulerUnavailableError,
  StoreDamagedError,
  StoreRefusedError,
  StoreUnavailableError,
} from "./service-errors.ts";
import { messageOf } from "./thrown.ts";

export { CancellationError, isCancellationOf } from "./cancellation-error.ts";
export { DetentError, type ErrorOptions, kindOf } from "./detent-error.ts";
export {
  HookAlreadyReceivedError,
  HookExpiredError,
  HookNotFoundError,
  HookTimeoutError,
} from "./hook-errors.ts";
export type { Issue } from "./issues.ts";
export { asError, NonErrorThrownError } from "./non-error-thrown.ts";
export {
  SchedulerUnavailableError,
  StoreDamagedError,
  StoreRefusedError,
  StoreUnavailableError,
} from "./service-errors.ts";

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
    const why = messageOf(details.cause);
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

/** Workflow code asked for a patch that neither its run began with nor its definition names. */
export class UnknownPatchError extends DetentError<"workflow.unknownPatch"> {
  readonly patch: string;

  constructor(details: { workflow: string; patch: string }) {
    const { workflow, patch } = details;
    super(
      "workflow.unknownPatch",
      `Workflow "${workflow}" asked for patched("${patch}") and does not name that patch. Name it, as in workflow("${workflow}", …, { patches: ["${patch}"] }), or mend the name; the run goes on once that is deployed.`,
    );
    this.patch = patch;
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

/** The log of the run has as many events as it may have. */
export class TooManyEventsError extends DetentError<"run.tooManyEvents"> {
  readonly limit: number;

  constructor(limit: number) {
    super(
      "run.tooManyEvents",
      `The log of the run has reached its limit of ${limit} events. Split the work over several runs, such as one for each batch, or raise limits: { events } of its workflow.`,
    );
    this.limit = limit;
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
  /** Of the run that was waited for. */
  readonly status?: RunStatus;

  constructor(message: string, details: { status?: RunStatus | undefined } = {}) {
    super("timeout", message);
    if (details.status !== undefined) this.status = details.status;
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
  HookTimeoutError,
  HookNotFoundError,
  HookAlreadyReceivedError,
  HookExpiredError,
  NonErrorThrownError,
  NonDeterminismError,
  ForeignAwaitError,
  EndlessLoopError,
  UnknownPatchError,
  WorkflowNotFoundError,
  RunNotFoundError,
  RunEndedError,
  TooManyEventsError,
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

// Once for all, so package.json tells bundlers never to leave this module out.
brand(ERROR_KINDS);
