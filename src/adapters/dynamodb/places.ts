/** The places of runs in the list index. */
import {
  compareNewestFirst,
  type ListPlace,
  type stateOf,
  statesOf,
} from "../../ports/run-list.ts";
import type { RunFilter } from "../../ports/store.ts";
import { type Item, unmarshal } from "./attributes.ts";
import { mentioned } from "./expressions.ts";
import { createdSort, LIST_INDEX, listPartitions, listSort, placeOf } from "./keys.ts";
import { merge } from "./merge.ts";
import { queryPages } from "./reading.ts";
import type { Table } from "./table.ts";

/** A place, and what the index says of the run that has it. */
export interface Filed extends ListPlace {
  state: ReturnType<typeof stateOf>;
  workflow: unknown;
  tags: unknown;
}

/**
 * The places of the runs that go on and of those that have ended, newest first.
 *
 * A run moves from the ones to the others when it ends, so the ones are read before the others: a
 * run that is not among them any more is among the others by then. It may be seen in both.
 */
export async function placesOf(
  table: Table,
  filter: RunFilter,
  { after, count }: { after: ListPlace | undefined; count: number },
): Promise<Filed[]> {
  const states = statesOf(filter);
  const placesIn = (some: typeof states): Promise<Filed[]> => {
    const partitions = some.flatMap((state) =>
      listPartitions(state).map((partition) => ({ state, partition })),
    );
    const limit = Math.ceil(count / partitions.length) + 1;
    const sources = partitions.map((each) => filedIn(table, each, { filter, after, limit }));
    return firstOf(merge(sources, compareNewestFirst), count);
  };
  // Each source is read as far as the page could need: its first places are among the first of
  // both.
  const active = await placesIn(states.filter((state) => state === "active"));
  const ended = await placesIn(states.filter((state) => state !== "active"));
  return firstOf(merge([iterate(active), iterate(ended)], compareNewestFirst), count);
}

/** Newest first, from after a place on. Reads no further than it is asked. */
async function* filedIn(
  table: Table,
  { state, partition }: { state: Filed["state"]; partition: string },
  options: { filter: RunFilter; after: ListPlace | undefined; limit: number },
): AsyncGenerator<Filed> {
  const { filter, after, limit } = options;
  const from = createdSort((filter.createdAfter ?? -1) + 1);
  const before = createdSort(filter.createdBefore ?? Number.MAX_SAFE_INTEGER);
  const last = after && listSort(after);
  const to = last !== undefined && last < before ? last : before;
  if (from > to) return;

  const condition = "#listPartition = :partition AND #listSort BETWEEN :from AND :to";
  const pages = queryPages(table, {
    IndexName: LIST_INDEX,
    KeyConditionExpression: condition,
    ...mentioned([condition], { partition, from, to }),
    ScanIndexForward: false,
    Limit: limit,
  });
  for await (const items of pages) {
    for (const item of items) {
      const filed = filedAt(item, state);
      if (filed && !(after && compareNewestFirst(filed, after) <= 0)) yield filed;
    }
  }
}

/** Nothing where the key is none that this store wrote. */
function filedAt(item: Item, state: Filed["state"]): Filed | undefined {
  const { listSort: sort, workflow, tags } = unmarshal(item);
  const place = placeOf(String(sort));
  return place && { ...place, state, workflow, tags };
}

async function* iterate<Each>(all: readonly Each[]): AsyncGenerator<Each> {
  yield* all;
}

async function firstOf<Each>(source: AsyncGenerator<Each>, count: number): Promise<Each[]> {
  const first: Each[] = [];
  for await (const each of source) {
    first.push(each);
    if (first.length === count) break;
  }
  return first;
}
