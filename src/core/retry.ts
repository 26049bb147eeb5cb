/** When a failed attempt of a step is tried again. */
import { backoffMs, jittered } from "./backoff.ts";
import { causesOf } from "./causes.ts";
import { type Duration, isDate, toMillis } from "./duration.ts";
import { FatalError, InvalidInputError, RetryableError } from "./errors.ts";
import { fieldOf } from "./thrown.ts";

export type Backoff =
  | "exponential"
  | "fixed"
  | {
      initial?: Duration | undefined;
      factor?: number | undefined;
      max?: Duration | undefined;
      /** Spreads each pause over half to all of its length. Default true. */
      jitter?: boolean | undefined;
    };

export interface StepOptions {
  /** Extra attempts after the first. Default 3. */
  retries?: number | undefined;
  /** Pauses between attempts. Default `{ initial: "1s", factor: 2, max: "5m", jitter: true }`. */
  backoff?: Backoff | undefined;
  /** How long one attempt may take. Default: no limit. */
  timeout?: Duration | undefined;
  /** Runs in the function that ended the step before it, instead of one of its own. Default false. */
  inline?: boolean | undefined;
}

/** A step's options, read and with their defaults. */
export interface StepPolicy {
  attempts: number;
  backoff: { initialMs: number; factor: number; maxMs: number; jitter: boolean };
  timeoutMs: number | undefined;
  inline: boolean;
}

/** @throws InvalidInputError for options that cannot be used. */
export function toPolicy(step: string, options: StepOptions = {}): StepPolicy {
  const { retries = 3, backoff = "exponential", timeout, inline = false } = options;
  if (!Number.isSafeInteger(retries) || retries < 0) {
    throw refuse(step, "retries", "a whole number of extra attempts, 0 or more");
  }
  if (backoff !== "fixed" && backoff !== "exponential" && !isObject(backoff)) {
    throw refuse(step, "backoff", '"exponential", "fixed" or { initial, factor, max, jitter }');
  }
  const shape = typeof backoff === "string" ? (backoff === "fixed" ? { factor: 1 } : {}) : backoff;
  const factor = shape.factor ?? 2;
  if (!Number.isFinite(factor) || factor < 1) throw refuse(step, "backoff.factor", "1 or more");
  const timeoutMs = timeout === undefined ? undefined : toMillis(timeout, "timeout");
  if (timeoutMs === 0) throw refuse(step, "timeout", "longer than 0 ms");
  return {
    attempts: retries + 1,
    backoff: {
      initialMs: toMillis(shape.initial ?? "1s", "backoff.initial"),
      factor,
      maxMs: toMillis(shape.max ?? "5m", "backoff.max"),
      jitter: shape.jitter ?? true,
    },
    timeoutMs,
    inline,
  };
}

/** An attempt of a step, as its policy has it. */
export interface PolicedAttempt {
  policy: StepPolicy;
  attempt: number;
}

/** The moment at which an attempt ended, with a number from 0 to 1 for the jitter. */
export interface Ended {
  now: number;
  random: number;
}

/** How long to wait before the attempt after this one, or `undefined` if there is none. */
export function pauseAfter(
  { policy, attempt }: PolicedAttempt,
  error: unknown,
  { now, random }: Ended,
): number | undefined {
  if (attempt >= policy.attempts) return undefined;
  // The outermost error decides, because code that wraps an error may judge it anew.
  const word = causesOf(error).find(
    (each) => each instanceof FatalError || each instanceof RetryableError,
  );
  if (word instanceof FatalError) return undefined;
  const asked = waitFor(fieldOf(word, "retryAfter"), now);
  if (asked !== undefined) return asked;
  const { initialMs, factor, maxMs, jitter } = policy.backoff;
  const full = backoffMs({ firstMs: initialMs, longestMs: maxMs, factor }, attempt);
  return Math.round(jitter ? jittered(full, random, 0.5) : full);
}

/**
 * A `retryAfter` that cannot be read is ignored, so that the failure which carries it is not lost.
 */
function waitFor(retryAfter: unknown, now: number): number | undefined {
  try {
    const ms = isDate(retryAfter) ? retryAfter.getTime() - now : toMillis(retryAfter as Duration);
    return Number.isNaN(ms) ? undefined : Math.max(0, ms);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function refuse(step: string, option: string, wanted: string): InvalidInputError {
  return new InvalidInputError(`The option ${option} of step "${step}" must be ${wanted}.`, [
    { message: `must be ${wanted}`, path: option.split(".") },
  ]);
}
