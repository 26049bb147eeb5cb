/** The clauses on rows: S24 and S25. */
import { deepEqual, equal } from "node:assert/strict";
import type { DueRun, RowName, RunKey, Store } from "../ports/store.ts";
import { clausesOf } from "./clause.ts";
import { keyOf, newEntry, newHead, unique } from "./samples.ts";

/** What is due of a run by a time, far in the past so that other runs are not. */
async function dueOf(store: Store, { runId }: RunKey, until = -1_000): Promise<DueRun[]> {
  const due = await store.runs.listDue({ until, limit: 1_000 });
  return due.filter((each) => each.runId === runId);
}

function rowOf({ runId, incarnation }: RunKey, position: number, dueAt: number): DueRun {
  return { runId, dueAt, row: { incarnation, type: "entry", position } };
}

function rows(...positions: number[]): RowName[] {
  return positions.map((position) => ({ type: "entry", position }));
}

async function clearAll(store: Store, key: RunKey): Promise<void> {
  const log = await store.log.read(key, { from: 1 });
  await store.log.clearRows(key, rows(...log.map(({ position }) => position)));
}

export const rowClauses = clausesOf("rows", (clause) => {
  clause("S24", "an entry that is due is listed, and says so where it is read", async (store) => {
    const head = newHead({ runId: unique("row#%"), dueAt: -8_000 });
    await store.runs.create(head, 0);
    const [due, other] = [newEntry(1), newEntry(2)];
    deepEqual(await store.log.append(head, due, { dueAt: -7_000 }), { outcome: "appended" });
    await store.log.append(head, other);
    deepEqual(await dueOf(store, head), [
      { runId: head.runId, dueAt: -8_000 },
      rowOf(head, 1, -7_000),
    ]);
    deepEqual(await dueOf(store, head, -7_500), [{ runId: head.runId, dueAt: -8_000 }]);
    const kept = { ...due, dueAt: -7_000 };
    deepEqual(await store.log.read(head, { from: 1 }), [kept, other]);
    deepEqual(await store.log.append(head, newEntry(1)), { outcome: "conflict", entry: kept });
    deepEqual(await store.runs.get(head.runId, 0), head);
    await clearAll(store, head);
    await store.runs.patch(head, { position: 2, change: { dueAt: null }, readDueAt: -8_000 });
  });

  clause("S24", "of what is due at one time the order is the same each time", async (store) => {
    const key = keyOf(newHead());
    for (const position of [1, 2, 3]) {
      await store.log.append(key, newEntry(position), { dueAt: -7_000 });
    }
    deepEqual(
      await dueOf(store, key),
      [1, 2, 3].map((position) => rowOf(key, position, -7_000)),
    );
    await clearAll(store, key);
  });

  clause("S24", "an entry that is not appended leaves no row", async (store) => {
    const key = keyOf(newHead());
    const entry = newEntry(1);
    await store.log.append(key, entry);
    const late = await store.log.append(key, newEntry(1), { dueAt: -7_000 });
    deepEqual(late, { outcome: "conflict", entry });
    deepEqual(await dueOf(store, key), []);
  });

  clause("S24", "one that is appended again leaves none anew", async (store) => {
    const key = keyOf(newHead());
    const entry = newEntry(1);
    await store.log.append(key, entry, { dueAt: -7_000 });
    await store.log.append(key, entry, { dueAt: -6_000 });
    deepEqual(await dueOf(store, key), [rowOf(key, 1, -7_000)]);
    await store.log.clearRows(key, rows(1));
    deepEqual(await store.log.append(key, entry, { dueAt: -7_000 }), { outcome: "appended" });
    deepEqual(await dueOf(store, key), []);
  });

  clause(
    "S24",
    "one that changes the head may be due as well, also one that ends",
    async (store) => {
      const head = newHead({ dueAt: 5_000 });
      await store.runs.create(head, 0);
      const change = { status: "completed" as const, endedAt: 7, expiresAt: 9_000 };
      await store.log.append(head, newEntry(1), { change, dueAt: -7_000 });
      deepEqual(await dueOf(store, head), [rowOf(head, 1, -7_000)]);
      equal((await store.runs.get(head.runId, 0))?.dueAt, undefined);
      const answer = await store.log.append(head, newEntry(2), { change, dueAt: -7_000 });
      equal(answer.outcome, "ended");
      deepEqual(await dueOf(store, head), [rowOf(head, 1, -7_000)]);
      await clearAll(store, head);
      deepEqual(await dueOf(store, head), []);
    },
  );

  clause("S25", "clearRows takes away what is named, and nothing else", async (store) => {
    const runId = unique("run");
    const [key, older] = ["a", "b"].map((incarnation) => ({ runId, incarnation }));
    if (!key || !older) throw new Error("no keys");
    const entries = [1, 2, 3].map((position) => newEntry(position));
    for (const entry of entries) {
      await store.log.append(key, entry, { dueAt: -7_000 + entry.position });
    }
    await store.log.append(older, newEntry(1), { dueAt: -7_500 });
    await store.log.clearRows(key, rows(1, 3));
    deepEqual(await dueOf(store, key), [rowOf(older, 1, -7_500), rowOf(key, 2, -6_998)]);
    const [one, two, three] = entries;
    deepEqual(await store.log.read(key, { from: 1 }), [one, { ...two, dueAt: -6_998 }, three]);
    await store.log.clearRows(key, []);
    equal((await dueOf(store, key)).length, 2);
    await clearAll(store, key);
    await clearAll(store, older);
  });

  clause(
    "S25",
    "what has no row stays as it is, and what is not there is not made",
    async (store) => {
      const head = newHead();
      await store.runs.create(head, 0);
      const entry = newEntry(1);
      await store.log.append(head, entry);
      await store.log.clearRows(head, rows(1, 2));
      await store.log.clearRows(head, rows(1, 2));
      deepEqual(await store.log.read(head, { from: 1 }), [entry]);
      deepEqual(await store.log.append(head, newEntry(2)), { outcome: "appended" });
      deepEqual(await store.runs.get(head.runId, 0), head);
    },
  );
});
