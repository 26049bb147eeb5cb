/** What a run answers to those who ask of it what it cannot do, or cannot yet. */
import type { RunStatus } from "../run.ts";
import { DetentError } from "./detent-error.ts";

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

/** The run has had fewer generations than that. */
export class GenerationNotFoundError extends DetentError<"generation.notFound"> {
  readonly runId: string;
  readonly generation: number;
  /** The one in which the run is. */
  readonly last: number;

  constructor(details: { runId: string; generation: number; last: number }) {
    const { runId, generation, last } = details;
    super(
      "generation.notFound",
      `Run "${runId}" is in its generation ${last}; there is no ${generation}. Ask for one from 1 to ${last}.`,
    );
    this.runId = runId;
    this.generation = generation;
    this.last = last;
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

/** Other writers were faster, again and again. The same call may be made again. */
export class ContentionError extends DetentError<"run.contended"> {
  constructor(runId: string, tries: number) {
    super(
      "run.contended",
      `Run "${runId}" is being written by others: ${tries} tries to append to its log lost the race. Try again.`,
    );
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
