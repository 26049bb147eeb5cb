/** The places of runs in one partition of the list index. */
import { compareNewestFirst, type ListPlace } from "../../ports/run-list.ts";
import type { RunFilter } from "../../ports/store.ts";
import { mentioned } from "./expressions.ts";
import { createdSort, LIST_INDEX, listSort, placeOf } from "./keys.ts";
import { queryPages } from "./reading.ts";
import type { Table } from "./table.ts";

const PARTITION_SHARE = 4;
/** What a filter drops is read all the same. */
const FILTERED_PAGE = 250;

/** Newest first, from after a place on. Reads no further than it is asked. */
export async function* placesIn(
  table: Table,
  partition: string,
  options: { filter: RunFilter; after: ListPlace | undefined; limit: number },
): AsyncGenerator<ListPlace> {
  const { filter, after, limit } = options;
  const from = createdSort((filter.createdAfter ?? -1) + 1);
  const before = createdSort(filter.createdBefore ?? Number.MAX_SAFE_INTEGER);
  const last = after && listSort(after);
  const to = last !== undefined && last < before ? last : before;
  if (from > to) return;

  const condition = "#listPartition = :partition AND #listSort BETWEEN :from AND :to";
  const { workflow, tag } = filter;
  const kept = [
    workflow !== undefined && "#workflow = :workflow",
    tag !== undefined && "contains(#tags, :tag)",
  ]
    .filter(Boolean)
    .join(" AND ");
  const pages = queryPages(table, {
    IndexName: LIST_INDEX,
    KeyConditionExpression: condition,
    ...(kept && { FilterExpression: kept }),
    ...mentioned([condition, kept], { partition, from, to, workflow, tag }),
    ScanIndexForward: false,
    Limit: kept ? FILTERED_PAGE : Math.ceil((limit + 1) / PARTITION_SHARE) + 1,
  });
  for await (const items of pages) {
    for (const { listSort: sort } of items) {
      const place = placeOf(sort?.S ?? "");
      if (!after || compareNewestFirst(place, after) > 0) yield place;
    }
  }
}
