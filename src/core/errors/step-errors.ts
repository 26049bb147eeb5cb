/** What a step fails with. */
import { messageOf } from "../thrown.ts";
import { DetentError, type ErrorOptions } from "./detent-error.ts";

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
