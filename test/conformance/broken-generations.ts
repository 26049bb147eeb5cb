/** Stores that break a clause on runs which go on in another log. */

import type { AppendOptions, LogStore, RunHead, Store } from "../../src/ports/store.ts";
import type { Broken } from "./broken.ts";

type Append = LogStore["append"];

function withAppend(
  store: Store,
  through: (append: Append, ...args: Parameters<Append>) => ReturnType<Append>,
) {
  const { append } = store.log;
  return {
    ...store,
    log: { ...store.log, append: (...args: Parameters<Append>) => through(append, ...args) },
  };
}

const withNext = (options: AppendOptions | undefined, next: Partial<AppendOptions["next"]>) => ({
  ...options,
  ...(options?.next && { next: { ...options.next, ...next } }),
});

export const BROKEN_GENERATIONS: readonly Broken[] = [
  {
    clause: "S35",
    does: "writes the entry, and leaves the head as it was",
    wrap: (store: Store) =>
      withAppend(store, (append, key, entry, { next, ...options } = {}) =>
        append(key, entry, next ? {} : options),
      ),
  },
  {
    clause: "S35",
    does: "forgets what the next log has beside its start",
    wrap: (store: Store) =>
      withAppend(store, (append, key, entry, options) => {
        const [start] = options?.next?.entries ?? [];
        return append(key, entry, start ? withNext(options, { entries: [start] }) : options);
      }),
  },
  {
    clause: "S35",
    does: "changes the head though the entry came late",
    wrap: (store: Store) =>
      withAppend(store, async (append, key, entry, options) => {
        const answer = await append(key, entry, options);
        if (answer.outcome === "conflict" && options?.next && options.change) {
          const { dueAt } = (await store.runs.get(key.runId, 0)) as RunHead;
          const { change } = options;
          await store.runs.patch(key, { position: 99, change, readDueAt: dueAt });
        }
        return answer;
      }),
  },
  {
    clause: "S35",
    does: "keeps the version of the log before",
    wrap: (store: Store) =>
      withAppend(store, async (append, key, entry, options) => {
        const head = await store.runs.get(key.runId, 0);
        return await append(key, entry, withNext(options, { version: head?.version ?? "" }));
      }),
  },
  {
    clause: "S36",
    does: "loses the start of the log that is over",
    wrap(store: Store) {
      const over = new Set<string>();
      const appending = withAppend(store, async (append, key, entry, options) => {
        const answer = await append(key, entry, options);
        if (options?.next && answer.outcome === "appended") over.add(key.incarnation);
        return answer;
      });
      const read: LogStore["read"] = async (key, range) => {
        const entries = await store.log.read(key, range);
        return over.has(key.incarnation) ? entries.filter(({ position }) => position > 0) : entries;
      };
      return { ...appending, log: { ...appending.log, read } };
    },
  },
];
