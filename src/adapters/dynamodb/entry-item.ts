/** An entry of a log as an item, both ways. Its position is in its key. */
import type { Entry } from "../../core/events.ts";
import { asEntry } from "../../ports/shapes.ts";
import type { RunKey } from "../../ports/store.ts";
import { type Item, marshal, unmarshal } from "./attributes.ts";
import { entryKey, numberOf, TTL_ATTRIBUTE } from "./keys.ts";
import { fromJson, nameOf } from "./stored.ts";

/** @throws StoreDamagedError */
export function entryFrom(item: Item): Entry {
  const { sk, id, at, events } = unmarshal(item);
  return asEntry(
    { position: numberOf(String(sk)), id, at, events: fromJson(events) },
    nameOf(item),
  );
}

export function entryItem(key: RunKey, entry: Entry, eventsText: string, ttl: number): Item {
  return marshal({
    ...entryKey(key, entry.position),
    id: entry.id,
    at: entry.at,
    events: eventsText,
    [TTL_ATTRIBUTE]: ttl,
  });
}
