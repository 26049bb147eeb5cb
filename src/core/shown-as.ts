/** The fields of events: what each may hold, and how the public sees it. */
import * as z from "zod/mini";
import type { Encoded } from "./value.ts";

/**
 * How the public sees a field of an event: a time as a `Date`, a kept value or error decoded, an
 * internal one not at all. A field that says nothing is shown as it is kept.
 */
export type ShownAs = "time" | "value" | "error" | "nothing";
export interface Shown<As extends ShownAs> {
  readonly shownAs: As;
}

export function shown<As extends ShownAs, T extends z.core.$ZodType>(
  shownAs: As,
  type: T,
): T & Shown<As> {
  return Object.assign(type, { shownAs });
}

const encoded = () =>
  z.custom<Encoded>((value) => typeof value === "number" || Array.isArray(value));

export const value = shown("value", encoded());
export const error = shown("error", encoded());
export const time = shown("time", z.number());
export const count = z.int().check(z.nonnegative());
export const optional = <T extends z.core.$ZodType>(type: T) => z.optional(type);
/** When it was decided by the clock of who did so, where the log is ahead of that by more than a margin. */
export const ownTime = optional(shown("nothing", z.number()));
