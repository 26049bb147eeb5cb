/** The clauses on heads: S8 to S10. */
import { deepEqual, equal } from "node:assert/strict";
import type { HeadChange, RunHead, Store } from "../ports/store.ts";
import { lacks } from "./assertions.ts";
import { clausesOf } from "./clause.ts";
import { newEntry, newHead, unique } from "./samples.ts";

async function started(store: Store, fields: Partial<RunHead> = {}): Promise<RunHead> {
  const head = newHead(fields);
  await store.runs.create(head, 0);
  return head;
}

const ended = { status: "completed" as const, endedAt: 9, expiresAt: 90_000 };

export const headClauses = clausesOf("the head", (clause) => {
  clause("S8", "patch changes a head, and says at which position", async (store) => {
    const head = await started(store);
    const change: HeadChange = {
      status: "running",
      startedAt: 5,
      resends: 3,
      keepAt: 60_000,
      cancellation: {
        reason: "schöner Grund",
        requestedBy: "alice",
        requestedAt: 1,
        deliveredAt: 3,
        checkpoint: "step ship",
        deadline: 9,
        cleanup: { steps: 2, finished: true, durationMs: 4 },
        tooLate: false,
        swallowed: true,
      },
      pause: { reason: "in doubt", requestedBy: "alice", at: 3 },
      termination: { reason: "on fire", requestedBy: "bob", at: 4 },
      problem: { code: "c", message: "m", at: 1, tries: 2 },
    };
    deepEqual(await store.runs.patch(head, { position: 4, change, readDueAt: undefined }), {
      ok: true,
    });
    deepEqual(await store.runs.get(head.runId, 0), { ...head, ...change, position: 4 });
  });

  clause("S8", "null removes, and what is not named stays", async (store) => {
    const head = await started(store);
    await store.runs.patch(head, {
      position: 1,
      change: { problem: { code: "c", message: "m", at: 1, tries: 2 }, pause: { at: 1 } },
      readDueAt: 0,
    });
    await store.runs.patch(head, { position: 1, change: { startedAt: 3 }, readDueAt: undefined });
    deepEqual(
      await store.runs.patch(head, {
        position: 2,
        change: { problem: null, pause: null },
        readDueAt: undefined,
      }),
      { ok: true },
    );
    deepEqual(await store.runs.get(head.runId, 0), { ...head, startedAt: 3, position: 2 });
  });

  clause("S8", "patch may change nothing but the position", async (store) => {
    const head = await started(store);
    deepEqual(await store.runs.patch(head, { position: 2, change: {}, readDueAt: undefined }), {
      ok: true,
    });
    deepEqual(await store.runs.get(head.runId, 0), { ...head, position: 2 });
  });

  clause(
    "S8",
    "patch does not change a head that was written at a later position",
    async (store) => {
      const head = await started(store);
      await store.log.append(head, newEntry(1), { change: { status: "cancelling" } });
      const standing = await store.runs.get(head.runId, 0);
      const late = await store.runs.patch(head, {
        position: 0,
        change: { status: "suspended" },
        readDueAt: undefined,
      });
      deepEqual(late, { ok: false, head: standing });
      deepEqual(await store.runs.get(head.runId, 0), standing);
      deepEqual(
        await store.runs.patch(head, {
          position: 1,
          change: { startedAt: 1 },
          readDueAt: undefined,
        }),
        { ok: true },
      );
    },
  );

  clause("S8", "patch does not change a head that has ended", async (store) => {
    const head = await started(store);
    await store.log.append(head, newEntry(1), { change: ended });
    const standing = await store.runs.get(head.runId, 0);
    deepEqual(
      await store.runs.patch(head, {
        position: 5,
        change: { status: "running" },
        readDueAt: undefined,
      }),
      {
        ok: false,
        head: standing,
      },
    );
    deepEqual(await store.runs.get(head.runId, 0), standing);
  });

  clause(
    "S8",
    "patch finds no head of another incarnation, nor one that does not exist",
    async (store) => {
      const head = await started(store);
      for (const key of [{ ...head, incarnation: unique("other") }, newHead()]) {
        const answer = await store.runs.patch(key, {
          position: 5,
          change: { resends: 9 },
          readDueAt: undefined,
        });
        deepEqual({ head: undefined, ...answer }, { ok: false, head: undefined });
        equal(await store.runs.moveDue(key, { from: 1_000, to: 2_000, resends: 1 }), false);
      }
      deepEqual(await store.runs.get(head.runId, 0), head);
    },
  );

  clause("S8", "an end takes the run out of what is due, and keeps how it ended", async (store) => {
    const head = await started(store);
    const closing = { output: [{ total: 1 }, 99] };
    await store.log.append(head, newEntry(1), { change: { ...ended, closing, dueAt: 4_000 } });
    const { dueAt: _, ...rest } = head;
    deepEqual(await store.runs.get(head.runId, 0), {
      ...rest,
      ...ended,
      closing,
      position: 1,
    });
    await store.runs.patch(await started(store), {
      position: 1,
      change: ended,
      readDueAt: undefined,
    });
  });

  const due = 1_000;
  const moves: [string, number | null, number | undefined, number | undefined, boolean][] = [
    ["sooner freely", 500, due, undefined, true],
    ["sooner freely, whatever was read", 500, due, 800, true],
    ["to the value it has", due, due, 800, true],
    ["later from the value that was read", 2_000, due, due, true],
    ["not later from another", 2_000, due, 999, false],
    ["not later from none", 2_000, due, undefined, false],
    ["away from the value that was read", null, due, due, true],
    ["not away from another", null, due, 999, false],
    ["not away from none", null, due, undefined, false],
    ["from none to any", 2_000, undefined, undefined, true],
    ["from none to any, whatever was read", 2_000, undefined, 700, true],
    ["from none to none", null, undefined, 700, true],
  ];
  for (const [what, to, from, read, moved] of moves) {
    clause("S9", `patch moves dueAt ${what}`, async (store) => {
      const { dueAt, ...rest } = newHead();
      const head = from === undefined ? rest : { ...rest, dueAt: from };
      await store.runs.create(head, 0);
      const answer = await store.runs.patch(head, {
        position: 1,
        change: { dueAt: to, resends: 7 },
        readDueAt: read,
      });
      deepEqual(answer, moved ? { ok: true } : { ok: false, head });
      const expected = { ...rest, position: 1, resends: 7, ...(to !== null && { dueAt: to }) };
      deepEqual(await store.runs.get(head.runId, 0), moved ? expected : head);
    });
  }

  clause("S9", "patch that was written and is repeated is a success", async (store) => {
    const head = await started(store, { dueAt: 1_000 });
    for (const change of [{ dueAt: 2_000, resends: 1 }, { dueAt: 1_500 }, { dueAt: null }]) {
      const { dueAt } = (await store.runs.get(head.runId, 0)) ?? {};
      deepEqual(await store.runs.patch(head, { position: 1, change, readDueAt: dueAt }), {
        ok: true,
      });
      deepEqual(await store.runs.patch(head, { position: 1, change, readDueAt: dueAt }), {
        ok: true,
      });
    }
  });

  clause("S10", "moveDue moves from the value that was read, at any position", async (store) => {
    const head = await started(store, { dueAt: 1_000, position: 12 });
    equal(await store.runs.moveDue(head, { from: 1_000, to: 9_000, resends: 4 }), true);
    deepEqual(await store.runs.get(head.runId, 0), { ...head, dueAt: 9_000, resends: 4 });
    equal(await store.runs.moveDue(head, { from: 9_000, to: 3_000, resends: 5 }), true);
  });

  clause("S10", "moveDue does not move from any other value", async (store) => {
    const head = await started(store, { dueAt: 1_000 });
    equal(await store.runs.moveDue(head, { from: 999, to: 500, resends: 1 }), false);
    deepEqual(await store.runs.get(head.runId, 0), head);
    await store.runs.patch(head, { position: 1, change: { dueAt: null }, readDueAt: 1_000 });
    equal(await store.runs.moveDue(head, { from: 1_000, to: 2_000, resends: 1 }), false);
  });

  clause("S10", "moveDue that was written and is repeated is a success", async (store) => {
    const head = await started(store, { dueAt: 1_000 });
    equal(await store.runs.moveDue(head, { from: 1_000, to: 9_000, resends: 4 }), true);
    equal(await store.runs.moveDue(head, { from: 1_000, to: 9_000, resends: 4 }), true);
  });

  clause("S10", "moveDue never moves an ended run", async (store) => {
    const head = await started(store, { dueAt: 1_000 });
    await store.log.append(head, newEntry(1), { change: ended });
    equal(await store.runs.moveDue(head, { from: 1_000, to: 2_000, resends: 1 }), false);
    lacks(await store.runs.get(head.runId, 0), "dueAt");
  });
});
