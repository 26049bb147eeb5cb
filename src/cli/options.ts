/** Options that several commands have, and how their values are read. */
import { InvalidArgumentError, Option } from "commander";
import { toMillis } from "../core/duration.ts";
import { RUN_STATUSES } from "../http/client/index.ts";

export function statusOption(): Option {
  return new Option("--status <status>", "only runs in this status").choices(RUN_STATUSES);
}

export function readCount(most: number): (text: string) => number {
  return (text) => {
    const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (count >= 1 && count <= most) return count;
    throw new InvalidArgumentError(`Give a whole number from 1 to ${most}.`);
  };
}

/** As text: the app and the client read it again. */
export function readDuration(text: string): string {
  const given = /^\d+$/.test(text) ? Number(text) : text;
  try {
    toMillis(given);
    return typeof given === "number" ? `${given}ms` : given;
  } catch {
    throw new InvalidArgumentError('Give a duration such as "200ms", "30s", "1h 30m" or "2d".');
  }
}

/** A time that was: a duration says how long ago. */
export function readPastTime(text: string): Date {
  return readTimeOr(text, (ms) => new Date(Date.now() - ms), "how long ago it was, such as 1h");
}

/** A time to come: a duration says how long from now. */
export function readFutureTime(text: string): Date {
  return readTimeOr(text, (ms) => new Date(Date.now() + ms), "how long from now, such as 1h");
}

function readTimeOr(text: string, fromNow: (ms: number) => Date, what: string): Date {
  const time = new Date(text);
  const isIso = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d))?$/.test(text);
  if (isIso && !Number.isNaN(time.getTime())) return time;
  // A number alone may be a year, or milliseconds of a clock.
  if (!/^\d+$/.test(text)) {
    try {
      return fromNow(toMillis(text));
    } catch {
      // Then it is neither.
    }
  }
  throw new InvalidArgumentError(
    `Give a time with its zone, such as 2030-01-31T12:00:00Z, a day, or ${what}.`,
  );
}

export function readList(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
