/** The clauses on lists: S16 and S17. */
import { compareDue } from "../../ports/due-list.ts";
import { collectPage } from "../../ports/list-page.ts";
import type { ListPlace } from "../../ports/run-list.ts";
import type {
  DamagedRun,
  DueRequest,
  DueRun,
  RunFilter,
  RunHead,
  RunStore,
} from "../../ports/store.ts";
import type { Item } from "./attributes.ts";
import { mentioned } from "./expressions.ts";
import { headOrDamage } from "./head-item.ts";
import { DUE_INDEX, duePartitions, headKey, runIdOf } from "./keys.ts";
import { type Filed, placesOf } from "./places.ts";
import { getItems, queryPages } from "./reading.ts";
import { rowIn } from "./rows.ts";
import type { Table } from "./table.ts";

export function createLists(table: Table): Pick<RunStore, "list" | "listDue"> {
  return {
    async list(filter, page) {
      const source = {
        places: (after: ListPlace | undefined, count: number) =>
          placesOf(table, filter, { after, count }),
        read: (places: readonly Filed[]) => runsAt(table, places, filter),
      };
      return await collectPage(source, filter, page);
    },

    async listDue(wanted) {
      const due = await Promise.all(
        duePartitions().map((partition) => dueIn(table, partition, wanted)),
      );
      return due.flat().sort(compareDue).slice(0, wanted.limit);
    },
  };
}

/**
 * The index only finds the runs: it may be behind and says little, so the heads themselves are
 * answered.
 */
async function runsAt(
  table: Table,
  places: readonly Filed[],
  filter: RunFilter,
): Promise<(RunHead | DamagedRun | undefined)[]> {
  const wanted = places.filter((place) => mayFit(place, filter));
  const items = await getItems(
    table,
    wanted.map(({ runId }) => headKey(runId)),
  );
  const byRun = new Map(items.map((item) => [runIdOf(item["pk"]?.S ?? ""), item]));
  return places.map((place) => {
    const item = byRun.get(place.runId);
    const run = item && headOrDamage(item, place);
    // A head with another creation time is of a younger run with the same id, which has a place of
    // its own.
    return run?.createdAt === place.createdAt ? run : undefined;
  });
}

/** What never changes of a run stands in the index as well, so that its head need not be read. */
function mayFit({ workflow, tags }: Filed, filter: RunFilter): boolean {
  const isWorkflow = filter.workflow === undefined || workflow === filter.workflow;
  const isTagged = filter.tag === undefined || (Array.isArray(tags) && tags.includes(filter.tag));
  return isWorkflow && isTagged;
}

async function dueIn(
  table: Table,
  partition: string,
  { until, limit }: DueRequest,
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
    due.push(...items.map(dueFrom));
    if (due.length >= limit) break;
  }
  return due;
}

/** A head, or a row: the index has the keys of both. */
function dueFrom({ pk, sk, dueAt }: Item): DueRun {
  const row = rowIn({ pk: pk?.S ?? "", sk: sk?.S ?? "" });
  return { runId: runIdOf(pk?.S ?? ""), dueAt: Number(dueAt?.N), ...(row && { row }) };
}
