import { USUAL_EVENTS, WARNED_EVENTS } from "../../core/bounds.ts";
import { type Kind, kindIn, labelIn, nameIn } from "../../core/commands/index.ts";
import { isUnbegun, type LogEvent } from "../../core/events.ts";
import type { RunState } from "../../core/run-state.ts";
import type { RunHead } from "../../ports/store.ts";
import type { Services } from "../services.ts";

/** What an entry shows to be amiss in the workflow's code; told once, by who appended it. */
export function warnAuthor(
  services: Services,
  head: RunHead,
  { before, events }: { before: RunState; events: readonly LogEvent[] },
): void {
  const { logger } = services;
  const { runId, workflow } = head;
  warnOfLength(services, head, { before: before.events, after: before.events + events.length });
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

/** Each time that the log has come nearer to its limit by a part of it. */
function warnOfLength(
  { logger, registry }: Services,
  { runId, workflow, version }: RunHead,
  { before, after }: { before: number; after: number },
): void {
  const limit = registry.find(workflow, version)?.eventLimit ?? USUAL_EVENTS;
  const interval = Math.max(1, Math.floor(WARNED_EVENTS * limit));
  if (Math.floor(before / interval) === Math.floor(after / interval) || after >= limit) return;
  logger.warn(
    `The log of a run has ${after} events, and may have ${limit}. Split the work over several runs, or raise limits: { events } of its workflow.`,
    { runId, workflow, events: after, limit },
  );
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
