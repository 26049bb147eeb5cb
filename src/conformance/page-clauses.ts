import { deepEqual, equal, ok } from "node:assert/strict";
import { HEAD_PART_LIMIT } from "../ports/limits.ts";
import { MOST_EXAMINED, PAGE_BYTES } from "../ports/list-page.ts";
import type { RunFilter, RunHead, StartedHead, Store } from "../ports/store.ts";
import { matches } from "./assertions.ts";
import { clausesOf } from "./clause.ts";
import { newHead, startWith, unique } from "./samples.ts";

/** Makes so many runs that no other clause should have to look at them: the last one of all. */
async function createAll(store: Store, heads: readonly StartedHead[]): Promise<void> {
  for (let from = 0; from < heads.length; from += 100) {
    await Promise.all(heads.slice(from, from + 100).map((head) => store.runs.create(head, 0)));
  }
}

function manyOf(count: number, fields: Partial<RunHead>): StartedHead[] {
  return Array.from({ length: count }, () => newHead(fields));
}

async function pagesOf(store: Store, filter: RunFilter, limit: number): Promise<string[][]> {
  const all: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await store.runs.list(filter, { limit, cursor });
    ok(Buffer.byteLength(JSON.stringify(page.runs)) < PAGE_BYTES);
    all.push(page.runs.map(({ runId }) => runId));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return all;
}

export const pageClauses = clausesOf("pages", (clause) => {
  clause("S16", "a page ends with 1 MB as well, and payloads do not count", async (store) => {
    const reason = "é".repeat(HEAD_PART_LIMIT / 2 - 100);
    const workflow = unique("workflow");
    const large = manyOf(80, { workflow, cancellation: { requestedAt: 1, reason } });
    const light = { workflow: unique("workflow"), start: startWith(["x".repeat(20_000)]) };
    await createAll(store, [...large, ...manyOf(80, light)]);
    const pages = await pagesOf(store, { workflow }, 1000);
    ok((pages[0]?.length ?? 0) > 40);
    deepEqual(new Set(pages.flat()), new Set(large.map(({ runId }) => runId)));
    equal(pages.flat().length, 80);
    const { runs } = await store.runs.list({ workflow: light.workflow }, { limit: 1000 });
    equal(runs.length, 80);
  });

  clause(
    "S16",
    "for a filter that few runs fit it looks at so many, and answers a cursor",
    async (store) => {
      // Of the same time, so that the first letter of their ids orders them.
      const [tag, version, createdAt] = [unique("tag"), unique("version"), 0];
      const runs = manyOf(MOST_EXAMINED + 100, { createdAt, tags: [] });
      const last = newHead({ runId: unique("a"), createdAt, version, tags: [tag] });
      await createAll(store, [...runs, last]);
      for (const asked of [{ tag }, { version }]) {
        const filter = { ...asked, createdBefore: 1 };
        const first = await store.runs.list(filter, { limit: 50 });
        deepEqual(first.runs, []);
        equal(typeof first.cursor, "string");
        matches(await store.runs.list(filter, { limit: 50, cursor: first.cursor }), {
          runs: [last],
        });
        deepEqual((await pagesOf(store, filter, 50)).flat(), [last.runId]);
      }
      equal((await store.runs.list({ createdBefore: 1 }, { limit: 1000 })).runs.length, 1000);
    },
  );
});
