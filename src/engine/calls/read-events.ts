/** What the engine answers about the log of a run. Nothing here writes. */
import { LARGEST_PAGE, LARGEST_PAGE_BYTES } from "../../core/bounds.ts";
import { type Entry, type LogEvent, positionOf, seqOf } from "../../core/events.ts";
import { checkOptions, RULES } from "../../core/option-rules.ts";
import { showEvent } from "../../core/shown-event.ts";
import { sizeOf } from "../../core/value.ts";
import type { RunHead } from "../../ports/store.ts";
import type { EventPage, EventQuery } from "../engine.ts";
import { loadLog } from "../replay/load-log.ts";
import type { Services } from "../services.ts";
import { headOf } from "./read-head.ts";

/** How many entries are read first; how many more then follows from their size. */
const FIRST_ENTRIES = 16;

/** The events after a `seq`, at most `limit` of them, and at least one if there is any. */
export async function getEvents(
  services: Services,
  runId: string,
  { after, limit = LARGEST_PAGE }: EventQuery,
): Promise<EventPage> {
  checkOptions({ after, limit }, { after: RULES.seq, limit: RULES.limit });
  const head = await headOf(services, runId);
  const events: EventPage["events"] = [];
  let left = LARGEST_PAGE_BYTES;
  for await (const { event, seq, at } of storedEvents(services, head, { after, limit })) {
    left -= sizeOf(event);
    if (events.length === limit || (left < 0 && events.length > 0)) return { events, more: true };
    events.push(showEvent(event, seq, at));
  }
  return { events };
}

interface StoredEvent {
  event: LogEvent;
  seq: number;
  at: number;
}

/** The events after a `seq`, read as far as they are asked for. */
export async function* storedEvents(
  { store }: Services,
  head: RunHead,
  { after = -1, limit }: EventQuery & { limit: number },
): AsyncGenerator<StoredEvent> {
  let from = after < 0 ? 0 : positionOf(after);
  let read = 0;
  let bytes = 0;
  for (let wanted = Math.min(FIRST_ENTRIES, limit + 1); ; wanted = fitting(read / bytes)) {
    const entries: Entry[] =
      from === 0
        ? await loadLog(store, head, wanted)
        : await store.log.read(head, { from, limit: wanted });
    for (const { position, at, events } of entries) {
      bytes += sizeOf(events);
      for (const [index, event] of events.entries()) {
        const seq = seqOf(position, index);
        if (seq > after) yield { event, seq, at };
      }
    }
    if (entries.length < wanted) return;
    read += entries.length;
    from += entries.length;
  }
}

/** How many entries a page may still take, if they are like those before. */
function fitting(entriesPerByte: number): number {
  return Math.ceil(Math.min(LARGEST_PAGE, LARGEST_PAGE_BYTES * entriesPerByte));
}
