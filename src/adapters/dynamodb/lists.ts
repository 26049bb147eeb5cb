/** The clauses on lists: S16 and S17. */
import {
  compareBytes,
  compareNewestFirst,
  decodeCursor,
  encodeCursor,
  type ListPlace,
  matchesFilter,
} from "../../ports/run-list.ts";
import type { DueRun, RunFilter, RunHead, Store } from "../../ports/store.ts";
import { mentioned } from "./expressions.ts";
import { headFrom } from "./head-item.ts";
import { DUE_INDEX, duePartitions, headKey, listPartitions, runIdOf } from "./keys.ts";
import { merge } from "./merge.ts";
import { placesIn } from "./places.ts";
import { getItems, queryPages } from "./reading.ts";
import type { Table } from "./table.ts";

export function createLists(table: Table): Pick<Store, "listRuns" | "listDue"> {
  return {
    async listRuns(filter, limit, cursor) {
      const after = cursor === undefined ? undefined : decodeCursor(filter, cursor);
      // Of those that have ended none has a problem.
      const partitions = listPartitions(filter.status ?? (filter.problem ? "running" : undefined));
      const places = merge(
        partitions.map((partition) => placesIn(table, partition, { filter, after, limit })),
        compareNewestFirst,
      );
      const heads: RunHead[] = [];
      let some: ListPlace[] = [];
      for await (const place of places) {
        some.push(place);
        if (heads.length + some.length <= limit) continue;
        // One more than the page, so that a cursor means that there is more.
        heads.push(...(await headsAt(table, some, filter)));
        some = [];
        if (heads.length > limit) break;
      }
      heads.push(...(await headsAt(table, some, filter)));
      const page = heads.slice(0, limit);
      const last = heads.length > limit ? page.at(-1) : undefined;
      return { heads: page, ...(last && { cursor: encodeCursor(filter, last) }) };
    },

    async listDue(until, limit) {
      const due = await Promise.all(
        duePartitions().map((partition) => dueIn(table, partition, until, limit)),
      );
      return due
        .flat()
        .sort((a, b) => a.dueAt - b.dueAt || compareBytes(a.runId, b.runId))
        .slice(0, limit);
    },
  };
}

/** The index may be behind, and says little: what is answered is the heads themselves. */
async function headsAt(
  table: Table,
  places: readonly ListPlace[],
  filter: RunFilter,
): Promise<RunHead[]> {
  const items = await getItems(
    table,
    places.map(({ runId }) => headKey(runId)),
  );
  const heads = new Map(items.map(headFrom).map((head) => [head.runId, head]));
  return places.flatMap(({ runId, createdAt }) => {
    const head = heads.get(runId);
    // One with another time is a younger run with the same id, and has a place of its own.
    return head?.createdAt === createdAt && matchesFilter(head, filter) ? head : [];
  });
}

async function dueIn(
  table: Table,
  partition: string,
  until: number,
  limit: number,
): Promise<DueRun[]> {
  const condition = "#duePartition = :partition AND #dueAt <= :until";
  const pages = queryPages(table, {
    IndexName: DUE_INDEX,
    KeyConditionExpression: condition,
    ...mentioned([condition], { partition, until }),
    Limit: limit,
  });
  const due: DueRun[] = [];
  for await (const items of pages) {
    for (const { pk, dueAt } of items) {
      due.push({ runId: runIdOf(pk?.S ?? ""), dueAt: Number(dueAt?.N) });
    }
    if (due.length >= limit) break;
  }
  return due;
}
