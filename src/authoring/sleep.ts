import { type Duration, isDate, toMillis } from "../core/duration.ts";
import { InvalidInputError } from "../core/errors.ts";
import { systemClock } from "../platform/system-clock.ts";
import { pause } from "../ports/clock.ts";
import { currentScope } from "./scope.ts";

/**
 * Waits without a process: the run is woken when the time is up, or to clean up when it is
 * cancelled. In a step it is a plain timer.
 *
 * @example
 * await sleep("1h 30m");
 * await sleep(new Date("2030-01-01T00:00:00Z"));
 * @throws InvalidInputError for a duration or date that cannot be used.
 */
export async function sleep(until: Duration | Date): Promise<void> {
  const wake = isDate(until) ? { at: timeOf(until) } : { afterMs: toMillis(until, "sleep") };
  const scope = currentScope();
  if (scope?.kind === "workflow") {
    await scope.host.issue({ kind: "sleep", name: "sleep", wake }, scope);
    return;
  }
  const now = scope?.host.context.now() ?? new Date(systemClock.now());
  const ms = "at" in wake ? Math.max(0, wake.at - now.getTime()) : wake.afterMs;
  await (scope ? scope.host.sleep(ms) : pause(systemClock, ms));
}

function timeOf(date: Date): number {
  const time = date.getTime();
  if (Number.isNaN(time)) {
    throw new InvalidInputError("sleep() was given an invalid Date. Check how it was made.");
  }
  return time;
}
