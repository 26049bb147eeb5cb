import { type Duration, toMillis } from "../../core/duration.ts";
import { LONGEST_WAIT_MS } from "../protocol/longest-wait.ts";

/** How long a request waits for a run's end: what it asks for, but no longer than any may. */
export function waitOf(timeout: Duration = LONGEST_WAIT_MS): number {
  return Math.min(toMillis(timeout), LONGEST_WAIT_MS);
}
