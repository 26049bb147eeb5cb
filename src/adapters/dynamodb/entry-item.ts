/** An entry of a log as an item, both ways. Its position is in its key. */
import * as z from "zod/mini";
import { type Entry, eventSchema } from "../../core/events.ts";
import type { RunKey } from "../../ports/store.ts";
import { type Item, marshal } from "./attributes.ts";
import { entryKey, numberOf, TTL_ATTRIBUTE } from "./keys.ts";
import { json, parseItem } from "./stored.ts";

const events = z.array(eventSchema);

export const entrySchema = z.object({
  position: z.number(),
  id: z.string(),
  at: z.number(),
  events,
});

const itemSchema = z.object({
  sk: z.string(),
  id: z.string(),
  at: z.number(),
  events: json(events),
});

/** @throws DetentError `store.damaged` */
export function entryFrom(item: Item): Entry {
  const { sk, ...fields } = parseItem(itemSchema, item);
  return { position: numberOf(sk), ...fields };
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
