import { DetentError } from "../core/errors.ts";

/** What a store throws when it finds something kept that no version of this package wrote. */
export function damaged(what: string, why: string, cause?: unknown): DetentError {
  return new DetentError(
    "store.damaged",
    `${what} cannot be read: ${why}. Something else changed or deleted it; restore it, or terminate the run.`,
    { cause },
  );
}
