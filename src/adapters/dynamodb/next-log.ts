/** What is written of a run whose log is exchanged, beside the entry that ends it (S35, S36). */
import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { fitsInHead } from "../../ports/limits.ts";
import type { NextLog, RunKey } from "../../ports/store.ts";
import type { Fields } from "./attributes.ts";
import { entryItem } from "./entry-item.ts";
import type { Table } from "./table.ts";

/** What the update of the head sets and removes. */
export function nextLogFields({ incarnation, generation, version, entries: [start] }: NextLog): {
  set: Fields;
  remove: string[];
} {
  const set = { incarnation, generation: JSON.stringify(generation), version, position: 0 };
  return fitsInHead(start)
    ? { set: { ...set, start: JSON.stringify(start) }, remove: [] }
    : { set, remove: ["start"] };
}

/** The entries that do not stand in the head alone: of the next log, and of the one that is over. */
export function nextLogItems(table: Table, key: RunKey, next: NextLog): TransactWriteItem[] {
  const ttl = table.timeToLive();
  const [start, ...others] = next.entries;
  const own = { runId: key.runId, incarnation: next.incarnation };
  const kept = [
    ...(fitsInHead(next.past) ? [{ of: key, entry: next.past }] : []),
    ...[...(fitsInHead(start) ? [] : [start]), ...others].map((entry) => ({ of: own, entry })),
  ];
  return kept.map(({ of, entry }) => {
    const Item = entryItem(of, entry, { eventsText: JSON.stringify(entry.events), ttl });
    return { Put: { TableName: table.name, Item } };
  });
}
