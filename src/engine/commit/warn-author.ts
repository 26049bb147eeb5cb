import { type Kind, kindIn, labelIn, nameIn } from "../../core/commands/index.ts";
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
  for (const { kind, name, times } of unawaited(events)) {
    logger.warn(
      `A ${kind} was called without being awaited when the workflow ended, so it never began. Await it, or leave the call out.`,
      { runId, workflow, ...(name !== undefined && { [kind]: name }), times },
    );
  }
}

interface Unawaited {
  kind: Kind;
  name: string | undefined;
  times: number;
}

/** What never began: each kind by its name once. */
function unawaited(events: readonly LogEvent[]): Iterable<Unawaited> {
  const found = new Map<string, Unawaited>();
  for (const event of events.filter(isUnbegun)) {
    const label = labelIn(event);
    const before = found.get(label) ?? { kind: kindIn(event), name: nameIn(event), times: 0 };
    found.set(label, { ...before, times: before.times + 1 });
  }
  return found.values();
}
