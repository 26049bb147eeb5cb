import { type Duration, toMillis } from "../../core/duration.ts";
import { LONGEST_WAIT_MS } from "../protocol/longest-wait.ts";

/**
 * The wait of a request for the end of a run: what it asks for, up to the longest that any may
 * wait.
 */
export function waitOf(timeout: Duration = LONGEST_WAIT_MS): number {
  return Math.min(toMillis(timeout), LONGEST_WAIT_MS);
}
