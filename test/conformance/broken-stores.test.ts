/** The suite itself: a store that breaks a clause is caught by a case of that very clause. */
import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { storeClauses } from "../../src/conformance/index.ts";
import type { DueRun, RunKey, Store } from "../../src/ports/store.ts";
import type { Broken } from "./broken.ts";
import { BROKEN_FAMILIES } from "./broken-families.ts";
import { BROKEN_GENERATIONS } from "./broken-generations.ts";

function withRuns(store: Store, runs: Partial<Store["runs"]>): Store {
  return { ...store, runs: { ...store.runs, ...runs } };
}

function withLog(store: Store, log: Partial<Store["log"]>): Store {
  return { ...store, log: { ...store.log, ...log } };
}

function withTasks(store: Store, tasks: Partial<Store["tasks"]>): Store {
  return { ...store, tasks: { ...store.tasks, ...tasks } };
}

const LATE = Number.MAX_SAFE_INTEGER;

const BROKEN: Broken[] = [
  ...BROKEN_FAMILIES,
  ...BROKEN_GENERATIONS,
  {
    clause: "S1",
    does: "says of every run that it was created",
    wrap: (store) =>
      withRuns(store, {
        create: async (head, now) => {
          await store.runs.create(head, now);
          return { created: true };
        },
      }),
  },
  {
    clause: "S2",
    does: "answers heads as they stood when they were created",
    wrap(store) {
      const created = new Map<string, Awaited<ReturnType<Store["runs"]["get"]>>>();
      return withRuns(store, {
        async get(runId, now) {
          if (!created.has(runId)) created.set(runId, await store.runs.get(runId, now));
          return created.get(runId);
        },
      });
    },
  },
  {
    clause: "S2",
    does: "answers heads whose retention is over",
    wrap: (store) => withRuns(store, { get: async (runId) => await store.runs.get(runId, 0) }),
  },
  {
    clause: "S3",
    does: "says of every entry that it was appended",
    wrap: (store) =>
      withLog(store, {
        async append(key, entry, options) {
          const answer = await store.log.append(key, entry, options);
          return answer.outcome === "conflict" ? { outcome: "appended" } : answer;
        },
      }),
  },
  {
    clause: "S4",
    does: "takes an entry that was written before for another's",
    wrap(store) {
      const known = new Set<string>();
      return withLog(store, {
        async append(key, entry, options) {
          const answer = await store.log.append(key, entry, options);
          if (known.has(entry.id)) return { outcome: "conflict", entry };
          known.add(entry.id);
          return answer;
        },
      });
    },
  },
  {
    clause: "S5",
    does: "changes the head although the entry was not appended",
    wrap: (store) =>
      withLog(store, {
        async append(key, entry, options) {
          const { change } = options ?? {};
          if (change) {
            const { position } = entry;
            await store.runs.patch(key, { position, change, readDueAt: undefined });
          }
          return await store.log.append(key, entry, options);
        },
      }),
  },
  {
    clause: "S6",
    does: "reads one entry too few",
    wrap: (store) =>
      withLog(store, {
        read: async (key, range) => (await store.log.read(key, range)).slice(0, 11),
      }),
  },
  {
    clause: "S6",
    does: "shows a log with a gap up to it",
    wrap: (store) =>
      withLog(store, {
        read: async (key, range) => await store.log.read(key, range).catch(() => []),
      }),
  },
  {
    clause: "S7",
    does: "keeps the logs of a run's incarnations in one place",
    wrap: (store) =>
      withLog(store, {
        append: async (key, entry, options) =>
          await store.log.append(
            options?.change ? key : { ...key, incarnation: "" },
            entry,
            options,
          ),
        read: async (key, range) => await store.log.read({ ...key, incarnation: "" }, range),
      }),
  },
  {
    clause: "S8",
    does: "patches heads whatever position they were written at",
    wrap: (store) =>
      withRuns(store, {
        patch: async (key, patch) =>
          await store.runs.patch(key, { ...patch, position: patch.position + 100 }),
      }),
  },
  {
    clause: "S9",
    does: "moves `dueAt` later whatever was read",
    wrap: (store) =>
      withRuns(store, {
        async patch(key, patch) {
          const head = await store.runs.get(key.runId, 0).catch(() => undefined);
          return await store.runs.patch(key, { ...patch, readDueAt: head?.dueAt });
        },
      }),
  },
  {
    clause: "S10",
    does: "moves `dueAt` from any value",
    wrap: (store) =>
      withRuns(store, {
        async moveDue(key, move) {
          const { dueAt = move.from } = (await store.runs.get(key.runId, 0)) ?? {};
          return await store.runs.moveDue(key, { ...move, from: dueAt });
        },
      }),
  },
  {
    clause: "S11",
    does: "gives a task to a second claim while a lease lasts",
    wrap: (store) =>
      withTasks(store, {
        claim: async (key, command, claim) =>
          await store.tasks.claim(key, command, { ...claim, leaseEndedBefore: LATE }),
      }),
  },
  {
    clause: "S11",
    does: "lets a retry begin before its time",
    wrap: (store) =>
      withTasks(store, {
        claim: async (key, command, claim) =>
          await store.tasks.claim(key, command, { ...claim, now: LATE }),
      }),
  },
  {
    clause: "S12",
    does: "lets any claim update a task",
    wrap: (store) =>
      withTasks(store, {
        async update(key, command, update) {
          const [task] = await store.tasks.get(key, [command]);
          const claim = task?.claim ?? update.claim;
          return await store.tasks.update(key, command, { ...update, claim });
        },
      }),
  },
  {
    clause: "S13",
    does: "stops only what was claimed",
    wrap: (store) =>
      withTasks(store, {
        async stop(key, commands) {
          const claimed = await store.tasks.get(key, commands);
          await store.tasks.stop(
            key,
            claimed.map(({ command }) => command),
          );
        },
      }),
  },
  {
    clause: "S14",
    does: "keeps 32 bits of the numbers of tasks",
    wrap: (store) =>
      withTasks(store, {
        claim: (key, task, claim) => store.tasks.claim(key, task % 2 ** 32, claim),
        stop: (key, tasks) =>
          store.tasks.stop(
            key,
            tasks.map((task) => task % 2 ** 32),
          ),
        get: async (key, tasks) => {
          const found = await store.tasks.get(
            key,
            tasks.map((task) => task % 2 ** 32),
          );
          return found.map((task, index) => ({ ...task, command: tasks[index] ?? 0 }));
        },
      }),
  },
  {
    clause: "S8",
    does: "forgets that a run is not paused any more",
    wrap: (store) =>
      withRuns(store, {
        patch: (key, { change: { pause, ...change }, ...patch }) =>
          store.runs.patch(key, { ...patch, change: pause ? { ...change, pause } : change }),
      }),
  },
  {
    clause: "S14",
    does: "answers tasks in an order of its own",
    wrap: (store) =>
      withTasks(store, {
        get: async (key, commands) =>
          (await store.tasks.get(key, commands)).sort((a, b) => a.command - b.command),
      }),
  },
  {
    clause: "S15",
    does: "counts done marks",
    wrap(store) {
      const marks: { key: string; command: number }[] = [];
      const name = ({ runId, incarnation }: { runId: string; incarnation: string }) =>
        JSON.stringify([runId, incarnation]);
      return withTasks(store, {
        markDone: async (key, command) => void marks.push({ key: name(key), command }),
        doneMarks: async (key) =>
          marks.flatMap((mark) => (mark.key === name(key) ? [mark.command] : [])),
      });
    },
  },
  {
    clause: "S15",
    does: "unmarks all",
    wrap: (store) =>
      withTasks(store, {
        unmarkDone: async (key) =>
          await store.tasks.unmarkDone(key, await store.tasks.doneMarks(key)),
      }),
  },
  {
    clause: "S16",
    does: "forgets a filter",
    wrap: (store) =>
      withRuns(store, {
        list: async ({ tag: _, ...filter }, page) => await store.runs.list(filter, page),
      }),
  },
  {
    clause: "S16",
    does: "ends every list with its first page",
    wrap: (store) =>
      withRuns(store, {
        async list(filter, page) {
          const { runs } = await store.runs.list(filter, page);
          return { runs };
        },
      }),
  },
  {
    clause: "S17",
    does: "answers what is due in any order",
    wrap: (store) =>
      withRuns(store, {
        listDue: async (wanted) => (await store.runs.listDue(wanted)).reverse(),
      }),
  },
  {
    clause: "S18",
    does: "changes the head before it refuses the entry",
    wrap: (store) =>
      withLog(store, {
        async append(key, entry, options) {
          return await store.log.append(key, entry, options).catch(async (error: unknown) => {
            const { change = {} } = options ?? {};
            const patch = { position: entry.position, change, readDueAt: undefined };
            await store.runs.patch(key, patch);
            throw error;
          });
        },
      }),
  },
  {
    clause: "S19",
    does: "cuts large results off",
    wrap: (store) =>
      withTasks(store, {
        async update(key, command, update) {
          if (update.type !== "finish" || update.end.type !== "completed") {
            return await store.tasks.update(key, command, update);
          }
          const isLarge = JSON.stringify(update.end.result).length > 100_000;
          const end = isLarge ? { ...update.end, result: ["cut off"] } : update.end;
          return await store.tasks.update(key, command, { ...update, end });
        },
      }),
  },
  {
    clause: "S20",
    does: "answers what others hold as well",
    wrap(store) {
      const shared = new Map<string, unknown>();
      return withRuns(store, {
        async get(runId, now) {
          const head = await store.runs.get(runId, now);
          const text = JSON.stringify(head);
          if (!shared.has(`${runId} ${text}`)) shared.set(`${runId} ${text}`, head);
          return shared.get(`${runId} ${text}`) as typeof head;
        },
      });
    },
  },
  {
    clause: "S21",
    does: "deletes what it is asked to keep",
    wrap(store) {
      const gone = new Set<string>();
      return withLog(store, {
        keep: async (key) => void gone.add(key.incarnation),
        read: async (key, range) =>
          gone.has(key.incarnation) ? [] : await store.log.read(key, range),
      });
    },
  },
  {
    clause: "S22",
    does: "leaves damaged runs out of lists",
    wrap: (store) =>
      withRuns(store, {
        async list(filter, page) {
          const { runs, ...rest } = await store.runs.list(filter, page);
          return { ...rest, runs: runs.filter((run) => !("damage" in run)) };
        },
      }),
  },
  {
    clause: "S23",
    does: "tells everybody that they are the first to set a run aside",
    wrap: (store) =>
      withRuns(store, {
        async setAside(runId, until) {
          await store.runs.setAside(runId, until);
          return true;
        },
      }),
  },
  {
    clause: "S24",
    does: "forgets that an entry is due",
    wrap: (store) =>
      withLog(store, {
        append: async (key, entry, { dueAt: _, ...options } = {}) =>
          await store.log.append(key, entry, options),
      }),
  },
  {
    clause: "S24",
    does: "does not say of an entry that it is due",
    wrap: (store) =>
      withLog(store, {
        read: async (key, range) =>
          (await store.log.read(key, range)).map(({ dueAt: _, ...entry }) => entry),
      }),
  },
  {
    clause: "S24",
    does: "has an entry due that was not appended",
    wrap(store) {
      const rows: DueRun[] = [];
      return {
        ...withLog(store, {
          async append(key, entry, options = {}) {
            const { runId, incarnation } = key;
            const { dueAt } = options;
            const answer = await store.log.append(key, entry, options);
            if (dueAt !== undefined && answer.outcome !== "appended") {
              const { position } = entry;
              rows.push({ runId, dueAt, row: { incarnation, type: "entry", position } });
            }
            return answer;
          },
        }),
        runs: {
          ...store.runs,
          listDue: async (wanted) => [
            ...(await store.runs.listDue(wanted)),
            ...rows.filter(({ dueAt }) => dueAt <= wanted.until),
          ],
        },
      };
    },
  },
  {
    clause: "S25",
    does: "clears no row",
    wrap: (store) => withLog(store, { clearRows: async () => {} }),
  },
  {
    clause: "S25",
    does: "clears all rows of a run",
    wrap: (store) =>
      withLog(store, {
        async clearRows(key) {
          const log = await store.log.read(key, { from: 1 });
          await store.log.clearRows(
            key,
            log.map(({ position }) => ({ type: "entry", position })),
          );
        },
      }),
  },
  {
    clause: "S25",
    does: "clears the rows of every incarnation",
    wrap(store) {
      const keys: RunKey[] = [];
      return withLog(store, {
        async append(key, entry, options) {
          keys.push(key);
          return await store.log.append(key, entry, options);
        },
        async clearRows({ runId }, rows) {
          for (const key of keys) if (key.runId === runId) await store.log.clearRows(key, rows);
        },
      });
    },
  },
];

/** The clauses of the cases that fail. */
async function failing(store: Store): Promise<Set<string>> {
  const failed = new Set<string>();
  for (const { clause, run } of storeClauses) {
    await run(store).catch(() => failed.add(clause));
  }
  return failed;
}

describe("a store that breaks a clause fails a case of it", () => {
  it.each(BROKEN)("$clause: it $does", async ({ clause, wrap }) => {
    expect(await failing(wrap(createMemoryStore()))).toContain(clause);
  });

  it("and there is one for each clause that has cases", () => {
    const broken = new Set(BROKEN.map(({ clause }) => clause));
    expect(new Set(storeClauses.map(({ clause }) => clause))).toEqual(broken);
  });

  it("while one that keeps them all fails none", async () => {
    expect(await failing(createMemoryStore())).toEqual(new Set());
  });
});
