/** The clauses on runs that go on in another log: S35 and S36. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { PayloadTooLargeError, RunNotFoundError } from "../core/errors.ts";
import type { Entry } from "../core/events.ts";
import { IN_HEAD_LIMIT, NEXT_LOG_LIMIT } from "../ports/limits.ts";
import type { HeadChange, NextLog, RunKey, StartedHead, Store } from "../ports/store.ts";
import { clausesOf } from "./clause.ts";
import { entryOfSize, keyOf, newEntry, newHead, startWith, unique } from "./samples.ts";

const CHANGE: HeadChange = { status: "running", resends: 0, keepAt: 70_000, problem: null };

function nextOf({ incarnation, start }: StartedHead, ...others: Entry[]): NextLog {
  return {
    incarnation: unique("next"),
    generation: { number: 2, first: incarnation },
    version: "2",
    entries: [startWith(["again"]), ...others],
    past: start,
  };
}

async function started(store: Store, fields: Partial<StartedHead> = {}): Promise<StartedHead> {
  const head = newHead({ dueAt: 5_000, ...fields });
  await store.runs.create(head, 0);
  await store.log.append(head, newEntry(1));
  return head;
}

function keyIn({ runId }: RunKey, { incarnation }: NextLog): RunKey {
  return { runId, incarnation };
}

const large = startWith(["x".repeat(IN_HEAD_LIMIT)]);

export const generationClauses = clausesOf("generations", (clause) => {
  clause("S35", "an append with a next log gives the head that log", async (store) => {
    const head = await started(store, { startedAt: 1_500, resends: 3 });
    const next = nextOf(head, newEntry(1), newEntry(2));
    const { version, generation, incarnation, entries } = next;
    deepEqual(await store.log.append(head, newEntry(2), { change: CHANGE, next }), {
      outcome: "appended",
    });
    deepEqual(await store.runs.get(head.runId, 0), {
      ...head,
      ...{ incarnation, generation, version, start: entries[0], position: 0 },
      ...{ status: "running", resends: 0, keepAt: 70_000 },
    });
    const key = keyIn(head, next);
    deepEqual(await store.log.read(key, { from: 0 }), entries);
    deepEqual(await store.log.append(key, newEntry(3)), { outcome: "appended" });
    const { runs } = await store.runs.list({ workflow: "order" }, { limit: 1_000 });
    const listed = runs.filter(({ runId }) => runId === head.runId);
    deepEqual(
      listed.map((run) => run.version),
      ["2"],
    );
  });

  clause("S35", "a start that is not small stands in the next log alone", async (store) => {
    const head = await started(store);
    const next: NextLog = { ...nextOf(head), entries: [large, newEntry(1)] };
    await store.log.append(head, newEntry(2), { change: CHANGE, next });
    equal((await store.runs.get(head.runId, 0))?.start, undefined);
    deepEqual(await store.log.read(keyIn(head, next), { from: 0 }), next.entries);
  });

  clause("S35", "one that is made again changes nothing", async (store) => {
    const head = await started(store);
    const next = nextOf(head, newEntry(1));
    const [entry, after] = [newEntry(2), newEntry(2)];
    await store.log.append(head, entry, { change: CHANGE, next });
    const key = keyIn(head, next);
    await store.log.append(key, after);
    await store.runs.patch(key, { position: 2, change: { status: "suspended" }, readDueAt: 5_000 });
    const standing = await store.runs.get(head.runId, 0);
    deepEqual(await store.log.append(head, entry, { change: CHANGE, next }), {
      outcome: "appended",
    });
    deepEqual(await store.runs.get(head.runId, 0), standing);
    deepEqual(await store.log.read(key, { from: 0 }), [...next.entries, after]);
  });

  clause("S35", "one that comes late writes nothing", async (store) => {
    const head = await started(store);
    const standing = newEntry(2);
    await store.log.append(head, standing);
    const next = nextOf(head, newEntry(1));
    const late = store.log.append(head, newEntry(2), { change: CHANGE, next });
    deepEqual(await late, { outcome: "conflict", entry: standing });
    deepEqual(await store.runs.get(head.runId, 0), head);
    deepEqual(await store.log.read(keyIn(head, next), { from: 1 }), []);
  });

  clause("S35", "it needs a head of this log that has not ended", async (store) => {
    const head = await started(store);
    const next = nextOf(head, newEntry(1));
    const other = { runId: head.runId, incarnation: unique("inc") };
    const elsewhere = store.log.append(other, newEntry(2), { change: CHANGE, next });
    await rejects(elsewhere, RunNotFoundError);
    const change = { status: "completed" as const, endedAt: 7, expiresAt: 90_000 };
    await store.log.append(head, newEntry(2), { change });
    const { outcome } = await store.log.append(head, newEntry(3), { change: CHANGE, next });
    equal(outcome, "ended");
    equal((await store.runs.get(head.runId, 0))?.status, "completed");
    deepEqual(await store.log.read(keyIn(head, next), { from: 0 }), []);
  });

  clause("S35", "what was decided of the log before changes nothing any more", async (store) => {
    const head = await started(store);
    const next = nextOf(head);
    await store.log.append(head, newEntry(2), { change: CHANGE, next });
    const standing = await store.runs.get(head.runId, 0);
    const patch = { position: 9, change: { status: "suspended" as const }, readDueAt: 5_000 };
    deepEqual(await store.runs.patch(head, patch), { ok: false, head: undefined });
    equal(await store.runs.moveDue(head, { from: 5_000, to: 6_000, resends: 1 }), false);
    deepEqual(await store.runs.get(head.runId, 0), standing);
  });

  clause(
    "S35",
    "what is too large for one write is refused, and nothing written",
    async (store) => {
      const head = await started(store);
      const many = Array.from({ length: 12 }, (_, index) => entryOfSize(index + 1, 320_000));
      equal(12 * 320_000 > NEXT_LOG_LIMIT, true);
      const next = nextOf(head, ...many);
      const refused = store.log.append(head, newEntry(2), { change: CHANGE, next });
      await rejects(refused, PayloadTooLargeError);
      deepEqual(await store.runs.get(head.runId, 0), head);
      const fitting = nextOf(head, ...many.slice(0, 11));
      deepEqual(await store.log.append(head, newEntry(2), { change: CHANGE, next: fitting }), {
        outcome: "appended",
      });
      deepEqual(await store.log.read(keyIn(head, fitting), { from: 0 }), fitting.entries);
    },
  );

  clause("S36", "the log that is over is read as before", async (store) => {
    for (const start of [startWith(["small"]), large]) {
      const head = await started(store, { start });
      const before = await store.log.read(head, { from: 0 });
      const last = newEntry(2);
      await store.log.append(head, last, { change: CHANGE, next: nextOf(head, newEntry(1)) });
      deepEqual(await store.log.read(keyOf(head), { from: 0 }), [...before, last]);
      deepEqual(await store.log.read(keyOf(head), { from: 0, limit: 1 }), [start]);
      const late = await store.log.append(head, newEntry(2), { change: CHANGE });
      deepEqual(late, { outcome: "conflict", entry: last });
      await rejects(store.log.append(head, newEntry(3), { change: CHANGE }), RunNotFoundError);
    }
  });
});
