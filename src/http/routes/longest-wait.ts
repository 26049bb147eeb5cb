import { type Duration, toMillis } from "../../core/duration.ts";

/** A gateway gives up on a request after some 30 s; the answer must come before that. */
const LONGEST_WAIT_MS = 25_000;

/** How long a request waits for a run's end: what it asks for, but no longer than any may. */
export function waitOf(timeout: Duration = LONGEST_WAIT_MS): number {
  return Math.min(toMillis(timeout), LONGEST_WAIT_MS);
}
