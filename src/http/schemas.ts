/** What requests may carry, as zod schemas. Unknown keys are ignored. */
import * as z from "zod/mini";
import { LABEL, LABEL_RULE, LARGEST_PAGE, LONGEST_REASON, MOST_TAGS } from "../core/bounds.ts";
import { LONGEST_MS, toMillis } from "../core/duration.ts";
import { InvalidInputError } from "../core/errors.ts";
import { issuesOf } from "../core/issues.ts";
import { RUN_STATUSES } from "../core/run.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What JSON Schema says of those that it has other words for, instead of or besides its own. */
export const jsonForms = z.registry<{ instead: JsonSchema } | { besides: JsonSchema }>();

const TIME = "must be a time in ISO 8601 with its zone, such as 2030-01-31T12:00:00Z";
/* Patterns of the document mean the same in every engine that generators use: no classes by name. */
const DURATION_PATTERN = "^[0-9]{1,4}(\\.[0-9]{1,3})?(ms|s|m|h|d)( [0-9]{1,4}(ms|s|m|h|d))*$";
/** Lone surrogates, which no UTF-8 has, are left out: some engines have no word for them. */
const LABEL_PATTERN = "^[^\\x00-\\x1f\\x7f-\\x9f]*$";
const DURATION = 'must be milliseconds or text such as "30s" or "1h 30m"';

const CURSOR =
  "From the page before, unread and unchanged; it is good for a list with the same filters, whatever its limit, and for no other. It does not expire: it names a place in the list, so runs that were started since the first page are not in those that follow.";

/** A run's id, a workflow's name, a key or a tag. */
const LABEL_MESSAGE = `must be ${LABEL_RULE}`;
export const labelSchema = z
  .string(LABEL_MESSAGE)
  .check(z.regex(LABEL, LABEL_MESSAGE))
  .register(jsonForms, {
    instead: { type: "string", minLength: 1, maxLength: 256, pattern: LABEL_PATTERN },
  });

const REASON_MESSAGE = `must be text of at most ${LONGEST_REASON} characters`;
const reasonSchema = z.string(REASON_MESSAGE).check(z.maxLength(LONGEST_REASON, REASON_MESSAGE));

const TAGS_MESSAGE = `must be a list of at most ${MOST_TAGS} texts`;
const tagsSchema = z.array(labelSchema, TAGS_MESSAGE).check(z.maxLength(MOST_TAGS, TAGS_MESSAGE));

const cursorSchema = z
  .string("must be given once")
  .check(z.minLength(1, "must not be empty"))
  .register(jsonForms, { besides: { description: CURSOR } });

const durationSchema = z
  .union([z.number(), z.string()], DURATION)
  .check(z.refine(isDuration, { error: DURATION }))
  .register(jsonForms, { instead: durationForm("number") });

/** A number in a query is text too: milliseconds. */
const durationInQuery = z
  .pipe(
    z.pipe(
      z.string(DURATION),
      z.transform((text: string) => (/^\d{1,16}$/.test(text) ? Number(text) : text)),
    ),
    durationSchema,
  )
  .register(jsonForms, { instead: durationForm("integer") });

const isoTime = z.iso
  .datetime({ offset: true, error: TIME })
  .register(jsonForms, { instead: { type: "string", format: "date-time" } });
const isoDay = z.iso
  .date(TIME)
  .register(jsonForms, { instead: { type: "string", format: "date" } });

/** As text in JSON, as a `Date` in a lossless body. */
const timeSchema = z
  .pipe(
    z.union([isoTime, z.date()], TIME),
    z.transform((time: string | Date) => new Date(time)),
  )
  .register(jsonForms, { instead: { type: "string", format: "date-time" } });

/** In a query a day will do: its first moment, UTC. */
const queryTimeSchema = z.pipe(
  z.union([isoTime, isoDay], TIME),
  z.transform((time: string) => new Date(time)),
);

/** Generators take an integer for one of 32 bits, unless it says otherwise. */
const LARGEST_INT32 = 2 ** 31 - 1;

const numberInQuery = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .pipe(
      z.string(message).check(z.regex(/^\d{1,16}$/, { error: message, abort: true })),
      z.pipe(z.transform(Number), z.number().check(z.gte(least, message), z.lte(most, message))),
    )
    .register(jsonForms, {
      instead: {
        ...{ type: "integer", minimum: least, maximum: most },
        ...(most > LARGEST_INT32 && { format: "int64" }),
      },
    });
};

const booleanInQuery = z
  .pipe(
    z.enum(["true", "false"], "must be true or false"),
    z.transform((text: "true" | "false") => text === "true"),
  )
  .register(jsonForms, { instead: { type: "boolean" } });

export const startSchema = z
  .object(
    {
      input: z.optional(z.unknown()),
      runId: z.optional(labelSchema),
      idempotencyKey: z.optional(labelSchema),
      tags: z.optional(tagsSchema),
      startAt: z.optional(timeSchema),
      /** Of the workflow; the newest if left out. */
      version: z.optional(labelSchema),
    },
    "must be an object",
  )
  // The engine refuses both: either makes a start idempotent.
  .register(jsonForms, { besides: { not: { required: ["runId", "idempotencyKey"] } } });

export const cancelSchema = z.object(
  {
    reason: z.optional(reasonSchema),
    requestedBy: z.optional(reasonSchema),
    /** Answer only when the run has ended. */
    wait: z.optional(z.boolean("must be true or false")),
    timeout: z.optional(durationSchema),
    gracePeriod: z.optional(durationSchema),
  },
  "must be an object",
);

export const terminateSchema = z.object(
  { reason: z.optional(reasonSchema), requestedBy: z.optional(reasonSchema) },
  "must be an object",
);

export const wakeSchema = z.object({}, "must be an object");

export const runsQuerySchema = z.object({
  status: z.optional(z.enum(RUN_STATUSES, `must be one of ${RUN_STATUSES.join(", ")}`)),
  ended: z.optional(booleanInQuery),
  workflow: z.optional(labelSchema),
  version: z.optional(labelSchema),
  tag: z.optional(labelSchema),
  problem: z.optional(booleanInQuery),
  createdAfter: z.optional(queryTimeSchema),
  createdBefore: z.optional(queryTimeSchema),
  limit: z.optional(numberInQuery(1, LARGEST_PAGE)),
  cursor: z.optional(cursorSchema),
});

export const eventsQuerySchema = z.object({
  /** A `seq`: what follows it is answered. */
  after: z.optional(numberInQuery(0, Number.MAX_SAFE_INTEGER)),
  limit: z.optional(numberInQuery(1, LARGEST_PAGE)),
});

export const resultQuerySchema = z.object({
  /** How long to wait for the run's end. */
  timeout: z.optional(durationInQuery),
});

/** Of what takes no query: an option that is misspelt must not look as if it had been taken. */
export const noQuerySchema = z.object({});

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

function durationForm(type: "number" | "integer"): JsonSchema {
  return {
    anyOf: [
      { type, minimum: 0, maximum: LONGEST_MS },
      { type: "string", pattern: DURATION_PATTERN },
    ],
    description: "Milliseconds, or text. Longer names of the units are read too.",
    examples: [30_000, "30s", "1h 30m"],
  };
}
