/** Stores that break the clauses on families. */
import type { AppendOptions, Store } from "../../src/ports/store.ts";
import type { Broken } from "./broken.ts";

function withLog(store: Store, log: Partial<Store["log"]>): Store {
  return { ...store, log: { ...store.log, ...log } };
}

function withChildren(store: Store, children: Partial<Store["children"]>): Store {
  return { ...store, children: { ...store.children, ...children } };
}

/** Appends with other options. */
function appending(
  store: Store,
  other: (options: AppendOptions) => AppendOptions | Promise<AppendOptions>,
): Store {
  return withLog(store, {
    append: async (key, entry, options = {}) =>
      await store.log.append(key, entry, await other(options)),
  });
}

const LATE = Number.MAX_SAFE_INTEGER;

export const BROKEN_FAMILIES: readonly Broken[] = [
  {
    clause: "S30",
    does: "begins all but one",
    wrap: (store) =>
      appending(store, ({ births, ...rest }) => ({ ...rest, births: births?.slice(1) })),
  },
  {
    clause: "S30",
    does: "begins runs before it knows whether the entry is appended",
    wrap: (store) =>
      appending(store, async ({ births, ...rest }) => {
        for (const birth of births ?? []) await store.runs.create(birth, birth.createdAt);
        return rest;
      }),
  },
  {
    clause: "S30",
    does: "leaves out the runs whose ids others have",
    wrap: (store) =>
      appending(store, async ({ births = [], ...rest }) => {
        const standing = await Promise.all(births.map(({ runId }) => store.runs.get(runId, 0)));
        return { ...rest, births: births.filter((_, index) => !standing[index]) };
      }),
  },
  {
    clause: "S30",
    does: "says of one id that it is taken, and not of the others",
    wrap: (store) =>
      withLog(store, {
        async append(key, entry, options) {
          const answer = await store.log.append(key, entry, options);
          if (answer.outcome !== "taken") return answer;
          return { ...answer, runIds: answer.runIds.slice(0, 1) };
        },
      }),
  },
  {
    clause: "S30",
    does: "takes as many as come",
    wrap: (store) =>
      withLog(store, {
        async append(key, entry, { births = [], ...rest } = {}) {
          for (const birth of births.slice(90)) await store.runs.create(birth, birth.createdAt);
          return await store.log.append(key, entry, { ...rest, births: births.slice(0, 90) });
        },
      }),
  },
  {
    clause: "S31",
    does: "forgets end marks",
    wrap: (store) => appending(store, ({ endMark: _, ...rest }) => rest),
  },
  {
    clause: "S31",
    does: "leaves end marks that are not due",
    wrap: (store) =>
      appending(store, ({ endMark, ...rest }) => ({
        ...rest,
        endMark: endMark && { ...endMark, dueAt: LATE },
      })),
  },
  {
    clause: "S31",
    does: "leaves the mark of an entry that is not appended",
    wrap: (store) =>
      withLog(store, {
        async append(key, entry, { endMark, ...rest } = {}) {
          if (endMark) {
            const other = { ...key, incarnation: `${key.incarnation}/${entry.id}` };
            await store.log.append(other, entry, { endMark });
          }
          return await store.log.append(key, entry, rest);
        },
      }),
  },
  {
    clause: "S31",
    does: "takes the mark away with its row",
    wrap: (store) =>
      withLog(store, {
        async clearRows(key, rows) {
          const marks = rows.flatMap((row) => (row.type === "mark" ? row.command : []));
          await store.children.clearEndMarks(key, marks);
          await store.log.clearRows(key, rows);
        },
      }),
  },
  {
    clause: "S32",
    does: "answers marks in the order in which they came",
    wrap: (store) =>
      withChildren(store, {
        endMarks: async (parent, limit) => (await store.children.endMarks(parent, limit)).reverse(),
      }),
  },
  {
    clause: "S32",
    does: "answers all marks, whatever is asked for",
    wrap: (store) =>
      withChildren(store, {
        endMarks: async (parent) => await store.children.endMarks(parent, LATE),
      }),
  },
  {
    clause: "S32",
    does: "leaves out what children failed with",
    wrap: (store) =>
      withChildren(store, {
        endMarks: async (parent, limit) =>
          (await store.children.endMarks(parent, limit)).map(({ error: _, ...mark }) => mark),
      }),
  },
  {
    clause: "S33",
    does: "clears nothing",
    wrap: (store) => withChildren(store, { clearEndMarks: async () => {} }),
  },
  {
    clause: "S33",
    does: "clears rows, and not the marks",
    wrap: (store) =>
      withChildren(store, {
        clearEndMarks: async (parent, commands) =>
          await store.log.clearRows(
            parent,
            commands.map((command) => ({ type: "mark", command })),
          ),
      }),
  },
  {
    clause: "S33",
    does: "clears all marks",
    wrap: (store) =>
      withChildren(store, {
        async clearEndMarks(parent) {
          const marks = await store.children.endMarks(parent, LATE);
          const commands = marks.map(({ command }) => command);
          await store.children.clearEndMarks(parent, commands);
        },
      }),
  },
];
