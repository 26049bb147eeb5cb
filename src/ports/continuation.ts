/** How a continuation travels: one form for every queue and request, read in one place. */
import * as z from "zod/mini";
import { InvalidInputError } from "../core/errors.ts";
import { issuesOf } from "../core/issues.ts";
import type { Continuation } from "./scheduler.ts";

/** Unknown keys are ignored, so that an older deployment reads what a newer one sent. */
export const continuationSchema = z.object(
  {
    runId: z.string("must be text").check(z.minLength(1, "must not be empty")),
    task: z.optional(z.int("must be a whole number").check(z.gte(0, "must not be negative"))),
    child: z.optional(z.int("must be a whole number").check(z.gte(0, "must not be negative"))),
    claim: z.optional(z.string("must be text")),
    timer: z.optional(z.number("must be a number")),
    sweep: z.optional(z.boolean("must be true or false")),
    unknownSince: z.optional(z.number("must be a number")),
  },
  "must be an object",
);

/** JSON in ASCII: there are characters in text that queues refuse to carry (SQS: U+FFFE). */
export function writeContinuation(continuation: Continuation): string {
  const { runId, task, child, claim, timer, sweep, unknownSince } = continuation;
  const text = JSON.stringify({ runId, task, child, claim, timer, sweep, unknownSince });
  return text.replace(/[^\x20-\x7e]/g, escapeUnit);
}

/** @throws InvalidInputError when the text is no continuation. */
export function readContinuation(text: string): Continuation {
  const read = continuationSchema.safeParse(parse(text));
  if (read.success) return read.data;
  throw new InvalidInputError(
    "This message is not a continuation. Check what else sends to this queue or address:",
    issuesOf(read.error.issues),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
