/** What is wrong with a value, as schemas report it. */
import type { StandardSchemaV1 } from "@standard-schema/spec";

/** One problem a schema found in a value. */
export interface Issue {
  message: string;
  path?: PropertyKey[] | undefined;
}

/** What a schema reported, as this package shows it. */
export function issuesOf(issues: readonly StandardSchemaV1.Issue[]): Issue[] {
  return issues.map(({ message, path }) => ({
    message,
    path: path?.map((part) => (typeof part === "object" ? part.key : part)),
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
