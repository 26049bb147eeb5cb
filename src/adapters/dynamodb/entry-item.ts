/** An entry of a log as an item, both ways. Its position is in its key. */
import type { Entry } from "../../core/events.ts";
import { asEntry } from "../../ports/shapes.ts";
import type { KeptEntry, RunKey } from "../../ports/store.ts";
import { type Item, marshal, unmarshal } from "./attributes.ts";
import { duePartition, entryKey, numberOf, TTL_ATTRIBUTE } from "./keys.ts";
import { fromJson, nameOf } from "./stored.ts";

/** @throws StoreDamagedError */
export function entryFrom(item: Item): KeptEntry {
  const { sk, id, at, events, dueAt } = unmarshal(item);
  return asEntry(
    {
      position: numberOf(String(sk)),
      id,
      at,
      events: fromJson(events),
      ...(dueAt !== undefined && { dueAt }),
    },
    nameOf(item),
  );
}

/** What an entry is written with beside itself. */
interface Written {
  eventsText: string;
  ttl: number;
  /** When it is due, if it has a row. */
  dueAt?: number | undefined;
}

export function entryItem(key: RunKey, entry: Entry, { eventsText, ttl, dueAt }: Written): Item {
  return marshal({
    ...entryKey(key, entry.position),
    id: entry.id,
    at: entry.at,
    events: eventsText,
    [TTL_ATTRIBUTE]: ttl,
    ...(dueAt !== undefined && { dueAt, duePartition: duePartition(key.runId) }),
  });
}
