import type { LogEvent } from "../../core/events.ts";
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
}
