/** What the engine answers about the log of a run. Nothing here writes. */
import { LARGEST_PAGE, LARGEST_PAGE_BYTES } from "../../core/bounds.ts";
import { GenerationNotFoundError } from "../../core/errors.ts";
import { type Entry, type LogEvent, positionOf, seqOf } from "../../core/events.ts";
import { checkOptions, RULES } from "../../core/option-rules.ts";
import { showEvent } from "../../core/shown-event.ts";
import { sizeOf } from "../../core/value.ts";
import type { RunHead, RunKey } from "../../ports/store.ts";
import type { EventPage, EventQuery } from "../engine.ts";
import { generationOf, keyOf } from "../replay/generation-key.ts";
import { loadLog } from "../replay/load-log.ts";
import type { Services } from "../services.ts";
import { headOf } from "./read-head.ts";

/** How many entries are read first; how many more then follows from their size. */
const FIRST_ENTRIES = 16;

/** The events after a `seq`, at most `limit` of them, and at least one if there is any. */
export async function getEvents(
  services: Services,
  runId: string,
  { generation: wanted, after, limit = LARGEST_PAGE }: EventQuery,
): Promise<EventPage> {
  checkOptions({ generation: wanted, after, limit }, QUERY);
  const head = await headOf(services, runId);
  const generation = wanted ?? generationOf(head);
  const log = logOf(head, generation);
  const events: EventPage["events"] = [];
  let left = LARGEST_PAGE_BYTES;
  for await (const { event, seq, at } of storedEvents(services, log, { after, limit })) {
    left -= sizeOf(event);
    if (events.length === limit || (left < 0 && events.length > 0)) {
      return { events, generation, more: true };
    }
    events.push(showEvent(event, seq, at));
  }
  return { events, generation };
}

const QUERY = { generation: RULES.generation, after: RULES.seq, limit: RULES.limit };

/** The log of one generation: of the one in which the run is, its head may have the start. */
function logOf(head: RunHead, generation: number): Log {
  const last = generationOf(head);
  if (generation === last) return head;
  if (generation < last) return keyOf(head, generation);
  throw new GenerationNotFoundError({ runId: head.runId, generation, last });
}

/** A log that is read from its start on. */
type Log = RunKey & Pick<RunHead, "start">;

interface StoredEvent {
  event: LogEvent;
  seq: number;
  at: number;
}

/** The events after a `seq`, read as far as they are asked for. */
export async function* storedEvents(
  { store }: Services,
  log: Log,
  { after = -1, limit }: EventQuery & { limit: number },
): AsyncGenerator<StoredEvent> {
  let from = after < 0 ? 0 : positionOf(after);
  let read = 0;
  let bytes = 0;
  for (let wanted = Math.min(FIRST_ENTRIES, limit + 1); ; wanted = fitting(read / bytes)) {
    const entries: Entry[] =
      from === 0
        ? await loadLog(store, log, wanted)
        : await store.log.read(log, { from, limit: wanted });
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
