/** What several requests may carry, as zod schemas. */
import * as z from "zod/mini";
import { LONGEST_REASON, MOST_TAGS } from "../../core/bounds.ts";
import { LONGEST_MS, toMillis } from "../../core/duration.ts";
import { RULES, type Rule } from "../../core/option-rules.ts";
import { RUN_STATUSES } from "../../core/run.ts";
import { type JsonSchema, jsonForms } from "../openapi/json-schema.ts";

const TIME = "must be a time in ISO 8601 with its zone, such as 2030-01-31T12:00:00Z";
/* Patterns of the document mean the same in every engine that generators use: no classes by name. */
const DURATION_PATTERN = "^[0-9]{1,4}(\\.[0-9]{1,3})?(ms|s|m|h|d)( [0-9]{1,4}(ms|s|m|h|d))*$";
/** Lone surrogates, which no UTF-8 has, are left out: some engines have no word for them. */
const LABEL_PATTERN = "^[^\\x00-\\x1f\\x7f-\\x9f]*$";
const DURATION = 'must be milliseconds or text such as "30s" or "1h 30m"';

const CURSOR =
  "From the page before, unread and unchanged; it is good for a list with the same filters, whatever its limit, and for no other. It does not expire: it names a place in the list, so runs that were started since the first page are not in those that follow.";

const must = ({ wanted }: Rule): string => `must be ${wanted}`;
const textBy = (rule: Rule) =>
  z.string(must(rule)).check(z.refine(rule.fits, { error: must(rule) }));

/** A run's id, a workflow's name, a key or a tag. */
export const labelSchema = textBy(RULES.label).register(jsonForms, {
  instead: { type: "string", minLength: 1, maxLength: 256, pattern: LABEL_PATTERN },
});

export const reasonSchema = textBy(RULES.reason).register(jsonForms, {
  besides: { maxLength: LONGEST_REASON },
});

export const tagsSchema = z
  .array(labelSchema, must(RULES.tags))
  .check(z.maxLength(MOST_TAGS, must(RULES.tags)));

export const statusSchema = z.enum(RUN_STATUSES, must(RULES.status));

export const choiceSchema = z.boolean(must(RULES.choice));

export const cursorSchema = z
  .string("must be given once")
  .check(z.minLength(1, "must not be empty"))
  .register(jsonForms, { besides: { description: CURSOR } });

export const durationSchema = z
  .union([z.number(), z.string()], DURATION)
  .check(z.refine(isDuration, { error: DURATION }))
  .register(jsonForms, { instead: durationForm("number") });

/** A number in a query is text too: milliseconds. */
export const durationInQuery = z
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
export const timeSchema = z
  .pipe(
    z.union([isoTime, z.date()], TIME),
    z.transform((time: string | Date) => new Date(time)),
  )
  .register(jsonForms, { instead: { type: "string", format: "date-time" } });

/** In a query a day will do: its first moment, UTC. */
export const timeInQuery = z.pipe(
  z.union([isoTime, isoDay], TIME),
  z.transform((time: string) => new Date(time)),
);

/** Generators take an integer for one of 32 bits, unless it says otherwise. */
const LARGEST_INT32 = 2 ** 31 - 1;

export const numberInQuery = (rule: typeof RULES.limit) => {
  const { least, most } = rule;
  const message = must(rule);
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

/** How many a page may have. */
export const limitInQuery = numberInQuery(RULES.limit);

export const booleanInQuery = z
  .pipe(
    z.enum(["true", "false"], must(RULES.choice)),
    z.transform((text: "true" | "false") => text === "true"),
  )
  .register(jsonForms, { instead: { type: "boolean" } });

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
