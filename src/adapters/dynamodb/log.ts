/** The log as a whole: S6, S7, and S21's `keep`. */

import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { StoreDamagedError } from "../../core/errors.ts";
import { inParallel } from "../../core/in-parallel.ts";
import type { KeptEntry, LogRange, LogStore, RunKey } from "../../ports/store.ts";
import { createAppend } from "./append.ts";
import { conditional } from "./conditions.ts";
import { entryFrom } from "./entry-item.ts";
import { mentioned, updateOf } from "./expressions.ts";
import { readHead } from "./heads.ts";
import { AFTER_ENTRIES, entrySort, type ItemKey, runPartition, TTL_ATTRIBUTE } from "./keys.ts";
import { queryPages } from "./reading.ts";
import { createClearRows } from "./rows.ts";
import type { Table } from "./table.ts";

export function createLog(table: Table): LogStore {
  return {
    append: createAppend(table),
    clearRows: createClearRows(table),

    async read(key, range) {
      const { from, limit = Number.POSITIVE_INFINITY } = range;
      const entries = await readEntries(table, key, range);
      if (from > 0 || entries[0]?.position === 0) return entries;
      const head = await readHead(table, key.runId);
      // Its log may have been exchanged right now, and what the head had of it stands there since (S36).
      if (head?.generation && head.incarnation !== key.incarnation) {
        const past = await readEntries(table, key, range);
        return past[0]?.position === 0 ? past : [];
      }
      if (head?.incarnation !== key.incarnation) return [];
      if (!head.start) throw missing(key, 0);
      return [head.start, ...entries].slice(0, limit);
    },

    async keep(key) {
      const ttl = table.timeToLive();
      // An eventually consistent query may miss an entry that was written just now, and that one is
      // kept long enough.
      const pages = queryPages(table, {
        KeyConditionExpression: "#pk = :pk",
        ProjectionExpression: "#pk, #sk",
        ...mentioned(["#pk #sk :pk"], { pk: runPartition(key) }),
      });
      for await (const items of pages) {
        await inParallel(items, ({ pk, sk }) =>
          stamp(table, { pk: pk?.S ?? "", sk: sk?.S ?? "" }, ttl),
        );
      }
    },
  };
}

async function readEntries(
  table: Table,
  key: RunKey,
  { from, limit = Number.POSITIVE_INFINITY }: LogRange,
): Promise<KeptEntry[]> {
  const entries: KeptEntry[] = [];
  let next = from;
  for (let retried = false; entries.length < limit; ) {
    const gap = await readUpToGap(table, key, {
      from: next,
      limit: limit - entries.length,
      entries,
    });
    if (gap === undefined) break;
    // A gap may be no damage: a query is no snapshot, and may have passed a place before its entry
    // was written.
    if (gap === next && retried) {
      throw missing(key, gap);
    }
    retried = gap === next;
    next = gap;
  }
  return entries;
}

function missing({ runId }: RunKey, position: number): StoreDamagedError {
  return new StoreDamagedError(`The log of run "${runId}"`, `entry ${position} is missing`);
}

/** Adds the entries from a position on. @returns the position of the first gap, if there is one */
async function readUpToGap(
  table: Table,
  key: RunKey,
  { from, limit, entries }: { from: number; limit: number; entries: KeptEntry[] },
): Promise<number | undefined> {
  const condition = "#pk = :pk AND #sk BETWEEN :from AND :to";
  const pages = queryPages(table, {
    KeyConditionExpression: condition,
    ...mentioned([condition], { pk: runPartition(key), from: entrySort(from), to: AFTER_ENTRIES }),
    ConsistentRead: true,
    ...(Number.isFinite(limit) && { Limit: limit }),
  });
  let next = from;
  for await (const items of pages) {
    for (const item of items) {
      const entry = entryFrom(item);
      // A small entry 0 stands in the head alone.
      if (next === 0 && entry.position > 0) next = 1;
      if (entry.position !== next) return next;
      entries.push(entry);
      next++;
      if (next >= from + limit) return undefined;
    }
  }
  return undefined;
}

/** Not an item that was deleted meanwhile. */
async function stamp(table: Table, key: ItemKey, ttl: number): Promise<void> {
  const update = new UpdateItemCommand(
    updateOf(table.name, {
      key,
      set: { [TTL_ATTRIBUTE]: ttl },
      condition: "attribute_exists(#pk)",
    }),
  );
  await conditional<unknown>(
    () => table.requests.send(update),
    () => undefined,
  );
}
