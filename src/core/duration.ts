import parse from "parse-duration";
import { InvalidInputError } from "./errors.ts";

/** Milliseconds, or text such as `"200ms"`, `"30s"`, `"1h 30m"`, `"2d"`. */
export type Duration = number | string;

/** 100 years. */
export const LONGEST_MS = 100 * 366 * 86_400_000;
const READABLE = /^\s*(?:\d+(?:\.\d+)?\s*[a-zµ]+[\s,]*)+$/i;
const PART = /\d+(?:\.\d+)?\s*([a-zµ]+)/gi;

/**
 * A duration in whole milliseconds.
 * @throws InvalidInputError when it is negative, not finite or unreadable.
 */
export function toMillis(duration: Duration, what = "duration"): number {
  const millis = typeof duration === "string" ? read(duration) : duration;
  if (typeof millis !== "number" || !(millis >= 0 && millis <= LONGEST_MS)) {
    throw new InvalidInputError(
      `The ${what} ${typeof duration === "string" ? `"${duration}"` : String(duration)} cannot be used. Give milliseconds or text such as "200ms", "30s", "1h 30m" or "2d"; it must not be negative or longer than 100 years.`,
      [{ message: "not a duration", path: [what] }],
    );
  }
  return Math.round(millis);
}

/** Whether it is a Date, also one of another realm. */
export function isDate(value: unknown): value is Date {
  return Object.prototype.toString.call(value) === "[object Date]";
}

function read(text: string): number | undefined {
  if (!READABLE.test(text)) return undefined;
  for (const [, unit] of text.matchAll(PART)) {
    if (unit === undefined || parse(`1${unit}`) === null) return undefined;
  }
  return parse(text) ?? 0;
}
