/** The clauses on damage: S22 and S23. */
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { LogEvent } from "../core/events.ts";
import type { RunStatus } from "../core/run.ts";
import type { RunFilter, RunHead, Store } from "../ports/store.ts";
import { clausesOf } from "./clause.ts";
import { keyOf, newClaim, newEntry, newHead, unique } from "./samples.ts";

const damaged = { code: "store.damaged" };
/** As a newer version may write, which knows more. */
const UNKNOWN = "hibernating" as RunStatus;
const EXPLODED = { type: "step.exploded" } as unknown as LogEvent;

async function started(store: Store, fields: Partial<RunHead> = {}): Promise<RunHead> {
  const head = newHead(fields);
  await store.runs.create(head, 0);
  return head;
}

async function damagedHead(store: Store, fields: Partial<RunHead> = {}): Promise<RunHead> {
  const head = await started(store, fields);
  await store.runs.patch(head, {
    position: 0,
    change: { status: UNKNOWN },
    readDueAt: undefined,
  });
  return head;
}

export const damageClauses = clausesOf("damage", (clause) => {
  clause(
    "S22",
    "a head that does not fit its shape is refused by all that read it",
    async (store) => {
      const head = await damagedHead(store);
      const reading = [
        () => store.runs.get(head.runId, 0),
        () => store.runs.create(newHead({ runId: head.runId }), 0),
        () => store.runs.patch(head, { position: 5, change: { resends: 1 }, readDueAt: undefined }),
        () => store.log.append(head, newEntry(1), { change: { resends: 1 } }),
      ];
      for (const read of reading) await rejects(read(), damaged);
      await rejects(store.runs.get(head.runId, 0), /status/);
      equal(await store.runs.moveDue(head, { from: 1_000, to: 2_000, resends: 1 }), false);
    },
  );

  clause(
    "S22",
    "in a list it is a row, as far as it can be read, and takes no other with it",
    async (store) => {
      const workflow = unique("workflow");
      const fields = { workflow, version: "7", tags: ["kept"] };
      const older = await started(store, { ...fields, createdAt: 1_000 });
      const bad = await damagedHead(store, { ...fields, createdAt: 2_000 });
      const newer = await started(store, { ...fields, createdAt: 3_000 });
      const listed = async (filter: RunFilter) =>
        (await store.runs.list({ workflow, ...filter }, { limit: 10 })).runs;
      const rows = await listed({});
      const row = rows[1];
      const { damage, ...rest } = { damage: "", ...row };
      match(damage, /status/);
      deepEqual(rest, { runId: bad.runId, createdAt: 2_000, ...fields, status: "running" });
      deepEqual(rows, [newer, row, older]);
      const isListed = async (filter: RunFilter) =>
        (await listed(filter)).some((each) => isDeepStrictEqual(each, row));
      const fitting = [
        { tag: "kept" },
        { version: "7" },
        { status: "running" as const },
        { ended: false },
        { problem: true },
      ];
      for (const filter of fitting) {
        equal(await isListed(filter), true);
      }
      const others = [{ status: "pending" as const }, { problem: false }, { ended: true }];
      for (const filter of others) {
        equal(await isListed(filter), false);
      }
      const { cursor } = await store.runs.list({ workflow }, { limit: 2 });
      deepEqual((await store.runs.list({ workflow }, { limit: 2, cursor })).runs, [older]);
    },
  );

  clause(
    "S22",
    "an entry that does not fit its shape is refused by all that read it",
    async (store) => {
      const key = keyOf(newHead());
      await store.log.append(key, newEntry(1));
      await store.log.append(key, newEntry(2, { events: [EXPLODED] }));
      await rejects(store.log.read(key, { from: 1 }), damaged);
      await rejects(store.log.append(key, newEntry(2)), damaged);
      equal((await store.log.read(key, { from: 1, limit: 1 })).length, 1);
    },
  );

  clause(
    "S22",
    "a task that does not fit its shape is refused by all that read it",
    async (store) => {
      const key = keyOf(newHead());
      const { claim } = newClaim();
      await store.tasks.claim(key, 1, newClaim({ claim }));
      const end = { type: "exploded", error: [1] } as never;
      const finish = store.tasks.update(key, 1, { claim, type: "finish", end });
      await rejects(finish, damaged);
      await rejects(store.tasks.get(key, [1]), damaged);
      await rejects(store.tasks.claim(key, 1, newClaim()), damaged);
      deepEqual(await store.tasks.get(key, [2]), []);
    },
  );

  clause(
    "S23",
    "setAside moves the dueAt of a damaged run; the first one to do so is told",
    async (store) => {
      const head = await damagedHead(store, { dueAt: -9_000 });
      const isDue = async (until: number): Promise<boolean> => {
        const due = await store.runs.listDue({ until, limit: 1_000 });
        return due.some(({ runId }) => runId === head.runId);
      };
      equal(await isDue(-8_500), true);
      equal(await store.runs.setAside(head.runId, -8_000), true);
      equal(await isDue(-8_500), false);
      equal(await isDue(-8_000), true);
      equal(await store.runs.setAside(head.runId, -7_000), false);
      equal(await isDue(-7_500), false);
      await store.runs.setAside(head.runId, 9e12);
    },
  );

  clause("S23", "of many that set a run aside at once, one is the first", async (store) => {
    const { runId } = await damagedHead(store, { dueAt: -9_000 });
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => store.runs.setAside(runId, 9e12)));
    equal(answers.filter(Boolean).length, 1);
  });

  clause(
    "S23",
    "setAside leaves a run alone whose head can be read, one that has ended, and none",
    async (store) => {
      const head = await started(store);
      equal(await store.runs.setAside(head.runId, 9e12), false);
      deepEqual(await store.runs.get(head.runId, 0), head);
      const ended = await started(store);
      const change = { status: "completed" as const, problem: "bad" as never };
      await store.log.append(ended, newEntry(1), { change });
      await rejects(store.runs.get(ended.runId, 0), damaged);
      equal(await store.runs.setAside(ended.runId, 9e12), false);
      equal(await store.runs.setAside(newHead().runId, 9e12), false);
    },
  );
});
