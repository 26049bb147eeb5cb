/** How a list goes on (S16). */
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { encodeCursor } from "../ports/run-list.ts";
import type { RunFilter } from "../ports/store.ts";
import { matches } from "./assertions.ts";
import { clausesOf } from "./clause.ts";
import { end, idOf, idsOf, pages, runsAt, workflowOf } from "./listed-runs.ts";
import { newHead, unique } from "./samples.ts";

export const cursorClauses = clausesOf("lists", (clause) => {
  for (const limit of [1, 2, 7, 25, 26]) {
    clause("S16", `its cursor pages through all, ${limit} at a time`, async (store) => {
      const times = Array.from({ length: 26 }, (_, index) => 100 + (index % 9));
      const heads = await runsAt(store, times);
      await Promise.all(
        heads.slice(0, 12).map((head) => end(store, head, { status: "completed" })),
      );
      const all = await pages(store, workflowOf(heads), limit);
      equal(
        all.slice(0, -1).every((page) => page.length === limit),
        true,
      );
      equal(all.length, Math.ceil(26 / limit));
      deepEqual(all.flat(), await idsOf(store, workflowOf(heads)));
      equal(new Set(all.flat()).size, 26);
    });
  }

  clause("S16", "paging neither repeats nor misses a run that ends in between", async (store) => {
    const heads = await runsAt(
      store,
      Array.from({ length: 10 }, (_, index) => index),
    );
    const first = await store.runs.list(workflowOf(heads), { limit: 4 });
    await Promise.all(heads.map((head) => end(store, head, { status: "failed" })));
    const rest = await store.runs.list(workflowOf(heads), { limit: 10, cursor: first.cursor });
    deepEqual([...first.runs, ...rest.runs].map(idOf), heads.map(idOf).reverse());
  });

  clause("S16", "a run whose id was used before is listed once, where it is now", async (store) => {
    const [head] = await runsAt(store, [100]);
    if (!head) return;
    await end(store, head, { status: "completed", expiresAt: 200 });
    await store.runs.create(newHead({ ...head, incarnation: unique("inc"), createdAt: 300 }), 300);
    const page = await store.runs.list({ workflow: head.workflow }, { limit: 10 });
    matches(page.runs, [{ createdAt: 300, status: "pending" }]);
  });

  clause("S16", "cursors can stand in a URL", async (store) => {
    const heads = await runsAt(store, [1, 2, 3], { workflow: unique("größe/ä?&=%") });
    const { cursor } = await store.runs.list(workflowOf(heads), { limit: 1 });
    match(cursor ?? "", /^[\w-]+$/);
  });

  clause("S16", "a cursor that it did not make is refused", async (store) => {
    const heads = await runsAt(store, [1, 2, 3]);
    const filter = workflowOf(heads);
    const { cursor = "" } = await store.runs.list(filter, { limit: 1 });
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const bad = ["", "x", "ä", cursor.slice(3), encode(null), encode([1, "", 2]), encode({})];
    for (const each of bad) {
      const list = store.runs.list(filter, { limit: 1, cursor: each });
      await rejects(list, { code: "input.invalid" });
    }
    for (const [index, letter] of [...cursor].entries()) {
      const other = letter === "A" ? "B" : "A";
      const tampered = `${cursor.slice(0, index)}${other}${cursor.slice(index + 1)}`;
      const list = store.runs.list(filter, { limit: 1, cursor: tampered });
      await rejects(list, { code: "input.invalid" });
    }
    const others: RunFilter[] = [{}, { ...filter, status: "running" }, { ...filter, tag: "blue" }];
    for (const other of others) {
      const list = store.runs.list(other, { limit: 1, cursor });
      await rejects(list, { code: "input.invalid" });
    }
    matches(await store.runs.list({ ...filter, now: 5 }, { limit: 1, cursor }), {
      runs: [{ createdAt: 2 }],
    });
  });

  const nowhere: [string, string, number][] = [
    ["an id that no key can hold", "x".repeat(5_000), 5],
    ["an id that no text can hold", "\ud800", 5],
    ["a time before all", "run", -1],
  ];
  for (const [what, runId, createdAt] of nowhere) {
    clause("S16", `a cursor to a place that no run has is refused: ${what}`, async (store) => {
      const cursor = encodeCursor({}, { createdAt, runId });
      const list = store.runs.list({}, { limit: 1, cursor });
      await rejects(list, { code: "input.invalid" });
    });
  }

  clause("S16", "a cursor may lead to the end of all times", async (store) => {
    const filter = { workflow: unique("workflow") };
    for (const createdAt of [0, 1.5, Number.MAX_SAFE_INTEGER, 1e300]) {
      const cursor = encodeCursor(filter, { createdAt, runId: "run" });
      deepEqual(await store.runs.list(filter, { limit: 1, cursor }), { runs: [] });
    }
  });
});
