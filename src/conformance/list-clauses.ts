/** What a list has in it, and in what order (S16). */
import { deepEqual, equal } from "node:assert/strict";
import { isEnded, RUN_STATUSES } from "../core/run.ts";
import type { RunHead } from "../ports/store.ts";
import { lacks } from "./assertions.ts";
import { clausesOf } from "./clause.ts";
import { end, idOf, idsOf, pages, runsAt, workflowOf } from "./listed-runs.ts";
import { newHead, unique } from "./samples.ts";

export const listClauses = clausesOf("lists", (clause) => {
  clause("S16", "list answers newest first, the heads as they stand", async (store) => {
    const heads = await runsAt(store, [5_000, 9_000, 7_000]);
    const [first, second, third] = heads;
    await store.runs.patch(heads[0] ?? newHead(), {
      position: 3,
      change: { status: "suspended", resends: 2 },
      readDueAt: undefined,
    });
    const page = await store.runs.list(workflowOf(heads), { limit: 10 });
    deepEqual(page.runs, [
      second,
      third,
      { ...first, status: "suspended", resends: 2, position: 3 },
    ]);
    lacks(page, "cursor");
  });

  clause(
    "S16",
    "runs of the same millisecond come in the order of their ids, as bytes",
    async (store) => {
      const stem = unique("tie");
      const suffixes = ["a", "b", "B", "é", "\uffee", "\u{1f600}", "aa", "#"];
      const workflow = unique("workflow");
      for (const suffix of suffixes) {
        await store.runs.create(newHead({ runId: `${stem}${suffix}`, workflow }), 0);
      }
      const expected = ["\u{1f600}", "\uffee", "é", "b", "aa", "a", "B", "#"];
      deepEqual(
        await idsOf(store, { workflow }),
        expected.map((suffix) => `${stem}${suffix}`),
      );
      deepEqual((await pages(store, { workflow }, 3)).flat(), await idsOf(store, { workflow }));
    },
  );

  clause("S16", "list filters by status, an active one and how a run ended", async (store) => {
    const heads = await runsAt(
      store,
      RUN_STATUSES.map((_, index) => index + 1),
    );
    const workflow = heads[0]?.workflow;
    for (const [index, head] of heads.entries()) {
      const status = RUN_STATUSES[index] ?? "pending";
      if (!isEnded(status))
        await store.runs.patch(head, { position: 0, change: { status }, readDueAt: undefined });
      else await end(store, head, { status });
    }
    for (const [index, status] of RUN_STATUSES.entries()) {
      deepEqual(await idsOf(store, { workflow, status }), [heads[index]?.runId]);
    }
    deepEqual(await idsOf(store, { workflow }), heads.map(idOf).reverse());
  });

  clause(
    "S16",
    "list filters by workflow, tag and time, each alone and together",
    async (store) => {
      const tag = unique("tag");
      const tagged = await runsAt(store, [10, 20, 30, 40], { tags: ["x", tag] });
      const others = await runsAt(store, [10, 20], {
        ...workflowOf(tagged),
        tags: [],
      } as Partial<RunHead>);
      const elsewhere = await runsAt(store, [15], { tags: [tag] });
      const ids = tagged.map(idOf);
      const { workflow } = workflowOf(tagged);
      deepEqual(await idsOf(store, { tag }), [ids[3], ids[2], ids[1], elsewhere[0]?.runId, ids[0]]);
      deepEqual(await idsOf(store, { workflow, tag }), [ids[3], ids[2], ids[1], ids[0]]);
      deepEqual((await idsOf(store, { workflow })).sort(), [...ids, ...others.map(idOf)].sort());
      deepEqual(await idsOf(store, { workflow, tag, createdAfter: 10 }), [ids[3], ids[2], ids[1]]);
      deepEqual(await idsOf(store, { workflow, tag, createdBefore: 30 }), [ids[1], ids[0]]);
      deepEqual(await idsOf(store, { workflow, tag, createdAfter: 10, createdBefore: 30 }), [
        ids[1],
      ]);
      deepEqual(await idsOf(store, { workflow, createdAfter: 30, createdBefore: 31 }), []);
      deepEqual(await idsOf(store, { workflow, createdAfter: 50, createdBefore: 5 }), []);
      deepEqual(await idsOf(store, { workflow, tag: "x".repeat(3) }), []);
      deepEqual(await idsOf(store, { workflow: unique("no-such") }), []);
    },
  );

  clause("S16", "list filters by whether a run has a problem", async (store) => {
    const heads = await runsAt(store, [1, 2, 3, 4]);
    const [first, second, third, fourth] = heads;
    const workflow = first?.workflow;
    const problem = { code: "a.code", message: "why", at: 5, tries: 1 };
    for (const head of [first, third]) {
      await store.runs.patch(head ?? newHead(), {
        position: 0,
        change: { problem },
        readDueAt: undefined,
      });
    }
    await end(store, fourth ?? newHead(), { status: "completed" });
    deepEqual(await idsOf(store, { workflow, problem: true }), [third?.runId, first?.runId]);
    deepEqual(await idsOf(store, { workflow, problem: false }), [fourth?.runId, second?.runId]);
    equal((await pages(store, { workflow, problem: true }, 1)).flat().length, 2);
    await store.runs.patch(third ?? newHead(), {
      position: 0,
      change: { problem: null },
      readDueAt: undefined,
    });
    deepEqual(await idsOf(store, { workflow, problem: true }), [first?.runId]);
  });

  clause("S16", "list filters by whether a run has ended, and by its version", async (store) => {
    const heads = await runsAt(store, [1, 2, 3, 4, 5]);
    const [pending, suspended, failed, completed, other] = heads;
    const { workflow } = workflowOf(heads);
    await store.runs.patch(suspended ?? newHead(), {
      position: 0,
      change: { status: "suspended" },
      readDueAt: undefined,
    });
    await end(store, failed ?? newHead(), { status: "failed" });
    await end(store, completed ?? newHead(), { status: "completed" });
    const active = [other?.runId, suspended?.runId, pending?.runId];
    deepEqual(await idsOf(store, { workflow, ended: false }), active);
    deepEqual(await idsOf(store, { workflow, ended: true }), [completed?.runId, failed?.runId]);
    equal((await idsOf(store, { workflow, ended: false, status: "suspended" })).length, 1);
    deepEqual(await idsOf(store, { workflow, ended: true, status: "suspended" }), []);
    const [newer] = await runsAt(store, [3], {
      ...workflowOf(heads),
      version: "2",
    } as Partial<RunHead>);
    deepEqual(await idsOf(store, { workflow, version: "2" }), [newer?.runId]);
    equal((await idsOf(store, { workflow, version: "1" })).length, 5);
  });

  clause("S16", "list leaves out runs whose retention was over at a time", async (store) => {
    const heads = await runsAt(store, [1, 2]);
    const workflow = heads[0]?.workflow;
    await end(store, heads[0] ?? newHead(), { status: "completed", expiresAt: 5_000 });
    equal((await idsOf(store, { workflow, now: 4_999 })).length, 2);
    deepEqual(await idsOf(store, { workflow, now: 5_000 }), [heads[1]?.runId]);
  });
});
