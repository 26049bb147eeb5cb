/** What an option of a call must be: one rule each, for the engine and for every way in to it. */
import {
  LABEL,
  LARGEST_PAGE,
  LONGEST_REASON,
  MOST_EVENTS,
  MOST_PATCHES,
  MOST_TAGS,
} from "./bounds.ts";
import { InvalidInputError } from "./errors.ts";
import { RUN_STATUSES } from "./run.ts";

export interface Rule {
  fits(value: unknown): boolean;
  /** What stands after "must be". */
  wanted: string;
}

/** Names, versions, ids, keys and tags. */
export function isLabel(value: unknown): value is string {
  return typeof value === "string" && LABEL.test(value);
}

const label: Rule = {
  fits: isLabel,
  wanted: "text of 1 to 256 characters without control characters",
};

/** Why something is asked for, or by whom. */
const reason: Rule = {
  fits: (value) => typeof value === "string" && value.length <= LONGEST_REASON,
  wanted: `text of at most ${LONGEST_REASON} characters`,
};

function labels(most: number): Rule & { each: Rule } {
  return {
    fits: (value) => Array.isArray(value) && value.length <= most && value.every(isLabel),
    wanted: `a list of at most ${most} texts`,
    each: label,
  };
}

const status: Rule = {
  fits: (value) => RUN_STATUSES.some((each) => each === value),
  wanted: `one of ${RUN_STATUSES.join(", ")}`,
};

const choice: Rule = { fits: (value) => typeof value === "boolean", wanted: "true or false" };

const time: Rule = {
  fits: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  wanted: "a valid Date",
};

const cursor: Rule = {
  fits: (value) => typeof value === "string" && value !== "",
  wanted: "the cursor of the page before",
};

function wholeNumber(least: number, most: number) {
  return {
    fits: (value: unknown) =>
      Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
    wanted: `a whole number from ${least} to ${most}`,
    least,
    most,
  } satisfies Rule & { least: number; most: number };
}

export const RULES = {
  label,
  reason,
  tags: labels(MOST_TAGS),
  patches: labels(MOST_PATCHES),
  status,
  choice,
  time,
  cursor,
  /** How many runs or events a page has. */
  limit: wholeNumber(1, LARGEST_PAGE),
  /** How many events a log may have. */
  events: wholeNumber(1, MOST_EVENTS),
  /** The number of one of a run's logs. */
  generation: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  /** The place of an event in the log. */
  seq: wholeNumber(0, Number.MAX_SAFE_INTEGER),
};

/** @throws InvalidInputError for an option that is given and does not fit. */
export function checkOptions<Name extends string>(
  options: { readonly [Each in Name]?: unknown },
  rules: { readonly [Each in Name]: Rule & { each?: Rule } },
): void {
  for (const [name, { fits, wanted, each }] of Object.entries<Rule & { each?: Rule }>(rules)) {
    const value = options[name as Name];
    if (value === undefined || fits(value)) continue;
    throw refusedOption(name, each ? `${wanted}, each ${each.wanted}` : wanted);
  }
}

export function refusedOption(name: string, wanted: string): InvalidInputError {
  return new InvalidInputError(`The option ${name} must be ${wanted}.`, [
    { message: `must be ${wanted}`, path: [name] },
  ]);
}
