/** What is wrong with a value, as schemas report it. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { shorten } from "./shorten.ts";

/** One problem a schema found in a value. */
export interface Issue {
  message: string;
  path?: PropertyKey[] | undefined;
}

/** Schemas quote what they were made of, and keys of what they were given; either may be of any length. */
const LONGEST_MESSAGE = 500;
const LONGEST_KEY = 100;
const DEEPEST_PATH = 100;

/** What a schema reported, as this package shows it. */
export function issuesOf(issues: readonly StandardSchemaV1.Issue[]): Issue[] {
  return issues.map(({ message, path }) => ({
    message: shorten(message, LONGEST_MESSAGE),
    path: path?.slice(0, DEEPEST_PATH).map((part) => {
      const key = typeof part === "object" ? part.key : part;
      return typeof key === "string" ? shorten(key, LONGEST_KEY) : key;
    }),
  }));
}

/** The message with the first of the issues. */
export function withIssues(message: string, issues: Issue[]): string {
  const shown = issues
    .slice(0, 5)
    .map(({ path, message: why }) =>
      path?.length ? `${path.map(String).join(".")}: ${why}` : why,
    );
  const more = issues.length > shown.length ? ` (and ${issues.length - shown.length} more)` : "";
  return shown.length ? `${message} ${shown.join("; ")}${more}` : message;
}
