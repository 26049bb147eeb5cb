import { isUnbegun, type LogEvent } from "../../core/events.ts";
import type { RunHead } from "../../ports/store.ts";
import type { Parts } from "../services.ts";

/** What an entry shows to be amiss in the workflow's code; told once, by who appended it. */
export function warnAuthor(
  { logger }: Parts,
  { runId, workflow }: RunHead,
  events: readonly LogEvent[],
): void {
  for (const event of events) {
    if (event.type === "cancellation.delivered" && event.openShields !== undefined) {
      logger.warn(
        "A shield waited for something that was begun outside of it, and the cancellation rejected that. Begin inside a shield what it must see to its end.",
        { runId, workflow, checkpoint: event.checkpoint, openShields: event.openShields },
      );
    }
  }
  for (const [what, times] of unawaited(events)) {
    logger.warn(
      `A ${what.step === undefined ? "sleep" : "step"} was called without being awaited when the workflow ended, so it never began. Await it, or leave the call out.`,
      { runId, workflow, ...what, times },
    );
  }
}

/** What never began: each step by its name once. */
function unawaited(events: readonly LogEvent[]): Map<{ step?: string }, number> {
  const names = events.filter(isUnbegun).map((event) => ("step" in event ? event.step : undefined));
  const counted = [...new Set(names)].map((step): [{ step?: string }, number] => [
    step === undefined ? {} : { step },
    names.filter((each) => each === step).length,
  ]);
  return new Map(counted);
}
