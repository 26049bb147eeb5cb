/** The clauses on lists: S16 and S17. */
import { compareDue } from "../../ports/due-list.ts";
import { collectPage } from "../../ports/list-page.ts";
import { compareNewestFirst, type ListPlace, stateOf, statesOf } from "../../ports/run-list.ts";
import type { RunFilter, RunHead, RunStore } from "../../ports/store.ts";
import { type Heads, readOrSalvage } from "./heads.ts";
import type { Partitions } from "./partition.ts";

export function createLists(
  heads: Heads,
  partitions: Partitions,
): Pick<RunStore, "list" | "listDue"> {
  return {
    async list(filter, page) {
      const inScope = [...heads.all()].filter(scopeOf(filter)).sort(compareNewestFirst);
      const source = {
        places: async (after: ListPlace | undefined, count: number) => {
          const from = after ? inScope.findIndex((head) => compareNewestFirst(head, after) > 0) : 0;
          return from < 0 ? [] : inScope.slice(from, from + count);
        },
        read: async (places: readonly RunHead[]) => places.map(readOrSalvage),
      };
      return await collectPage(source, filter, page);
    },

    async listDue({ until, limit }) {
      const due = [...heads.all()].flatMap(({ runId, dueAt }) =>
        dueAt === undefined ? [] : { runId, dueAt },
      );
      return [...due, ...partitions.due()]
        .filter(({ dueAt }) => dueAt <= until)
        .sort(compareDue)
        .slice(0, limit);
    },
  };
}

function scopeOf(filter: RunFilter): (head: RunHead) => boolean {
  const states = new Set(statesOf(filter));
  const { createdAfter = Number.NEGATIVE_INFINITY, createdBefore = Number.POSITIVE_INFINITY } =
    filter;
  return ({ status, createdAt }) =>
    states.has(stateOf(status)) && createdAt > createdAfter && createdAt < createdBefore;
}
