import { collectPage } from "../../src/ports/list-page.ts";
import { compareNewestFirst, type ListPlace, stateOf, statesOf } from "../../src/ports/run-list.ts";
import type { DamagedRun, DueRun, RunFilter, RunHead, Store } from "../../src/ports/store.ts";

/** A store whose indexes, of what is due and of lists, are behind by up to so long. */
export function laggingIndex(
  store: Store,
  { lagMs, now }: { lagMs: number; now: () => number },
): Store {
  if (lagMs === 0) return store;
  const image = <Row>(read: () => Promise<Row[]>): (() => Promise<Row[]>) => {
    let taken: { at: number; rows: Row[] } | undefined;
    return async () => {
      if (!taken || now() - taken.at >= lagMs) taken = { at: now(), rows: await read() };
      return taken.rows;
    };
  };
  const due = image<DueRun>(() =>
    store.runs.listDue({ until: Number.MAX_SAFE_INTEGER, limit: MOST }),
  );
  const places = image<Listed>(async () => (await store.runs.list({}, { limit: MOST })).runs);
  return {
    ...store,
    runs: {
      ...store.runs,
      async listDue({ until, limit }) {
        return (await due()).filter(({ dueAt }) => dueAt <= until).slice(0, limit);
      },
      /** Where a run stands is of the index; what it is, of its head. */
      async list(filter, page) {
        const inScope = (await places()).filter(scopeOf(filter)).sort(compareNewestFirst);
        const source = {
          async places(after: ListPlace | undefined, count: number) {
            const left = after
              ? inScope.filter((run) => compareNewestFirst(run, after) > 0)
              : inScope;
            return left.slice(0, count);
          },
          read: (some: readonly Listed[]) =>
            Promise.all(some.map(({ runId }) => store.runs.get(runId, 0))),
        };
        return await collectPage(source, filter, page);
      },
    },
  };
}

type Listed = RunHead | DamagedRun;

const MOST = 1000;

function scopeOf(filter: RunFilter): (run: Listed) => boolean {
  const states = new Set(statesOf(filter));
  const { createdAfter = Number.NEGATIVE_INFINITY, createdBefore = Number.POSITIVE_INFINITY } =
    filter;
  return ({ status, createdAt }) =>
    states.has(stateOf(status)) && createdAt > createdAfter && createdAt < createdBefore;
}
