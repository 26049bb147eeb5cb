/** What requests may carry, as zod schemas. Unknown keys are ignored. */
import * as z from "zod/mini";
import { toMillis } from "../core/duration.ts";
import { InvalidInputError, issuesOf } from "../core/errors.ts";
import { RUN_STATUSES } from "../core/run.ts";

const MAX_ID_LENGTH = 512;
const MAX_LIMIT = 1000;
const ID = /^[^\p{Cc}\p{Cs}]+$/u;
const TIME = "must be a time in ISO 8601 with its zone, such as 2030-01-31T12:00:00Z";
const DURATION = 'must be milliseconds or text such as "30s" or "1h 30m"';

const text = z.string("must be text");
const name = z.string("must be text").check(z.minLength(1, "must not be empty"));

/** A run's id or a workflow's name, as a path can carry it. */
export const idSchema = name.check(
  z.maxLength(MAX_ID_LENGTH, `must have at most ${MAX_ID_LENGTH} characters`),
  z.regex(ID, "must not have control characters"),
);

const durationSchema = z
  .union([z.number(), z.string()], DURATION)
  .check(z.refine(isDuration, { error: DURATION }));

const isoTime = z.iso.datetime({ offset: true, error: TIME });

/** As text in JSON, as a `Date` in a lossless body. */
const timeSchema = z.pipe(
  z.union([isoTime, z.date()], TIME),
  z.transform((time: string | Date) => new Date(time)),
);

/** In a query a day will do: its first moment, UTC. */
const queryTimeSchema = z.pipe(
  z.union([isoTime, z.iso.date(TIME)], TIME),
  z.transform((time: string) => new Date(time)),
);

const numberInQuery = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.pipe(
    z.string(message).check(z.regex(/^\d{1,16}$/, { error: message, abort: true })),
    z.pipe(z.transform(Number), z.number().check(z.gte(least, message), z.lte(most, message))),
  );
};

export const startSchema = z.object(
  {
    input: z.optional(z.unknown()),
    runId: z.optional(idSchema),
    idempotencyKey: z.optional(name),
    tags: z.optional(z.array(name, "must be a list of text")),
    startAt: z.optional(timeSchema),
  },
  "must be an object",
);

export const cancelSchema = z.object(
  {
    reason: z.optional(text),
    requestedBy: z.optional(text),
    /** Answer only when the run has ended. */
    wait: z.optional(z.boolean("must be true or false")),
    timeout: z.optional(durationSchema),
    gracePeriod: z.optional(durationSchema),
  },
  "must be an object",
);

export const terminateSchema = z.object({ reason: z.optional(text) }, "must be an object");

export const runsQuerySchema = z.object({
  status: z.optional(z.enum(RUN_STATUSES, `must be one of ${RUN_STATUSES.join(", ")}`)),
  workflow: z.optional(name),
  tag: z.optional(name),
  createdAfter: z.optional(queryTimeSchema),
  createdBefore: z.optional(queryTimeSchema),
  limit: z.optional(numberInQuery(1, MAX_LIMIT)),
  cursor: z.optional(name),
});

export const eventsQuerySchema = z.object({
  /** A `seq`: what follows it is answered. */
  after: z.optional(numberInQuery(0, Number.MAX_SAFE_INTEGER)),
  limit: z.optional(numberInQuery(1, MAX_LIMIT)),
});

/**
 * The value as the schema puts it out.
 * @throws InvalidInputError with one issue for each problem.
 */
export function check<Schema extends z.core.$ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  throw new InvalidInputError(`${what} is not as it should be:`, issuesOf(result.error.issues));
}

function isDuration(value: number | string): boolean {
  try {
    toMillis(value);
    return true;
  } catch {
    return false;
  }
}
