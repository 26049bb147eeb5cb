import { describe, expect, it } from "vitest";
import { HEAD_PART_LIMIT } from "../../src/ports/limits.ts";
import { MOST_EXAMINED, PAGE_BYTES } from "../../src/ports/list-page.ts";
import type { RunFilter, RunHead, StartedHead, Store } from "../../src/ports/store.ts";
import { newHead, startWith, unique } from "./runs.ts";

/** Makes so many runs that no other clause should have to look at them: the last one of all. */
export function describePages(open: () => Store): void {
  async function createAll(heads: readonly StartedHead[]): Promise<void> {
    for (let from = 0; from < heads.length; from += 100) {
      await Promise.all(heads.slice(from, from + 100).map((head) => open().runs.create(head, 0)));
    }
  }

  function manyOf(count: number, fields: Partial<RunHead>): StartedHead[] {
    return Array.from({ length: count }, () => newHead(fields));
  }

  async function pagesOf(filter: RunFilter, limit: number): Promise<string[][]> {
    const all: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await open().runs.list(filter, { limit, cursor });
      expect(Buffer.byteLength(JSON.stringify(page.runs))).toBeLessThan(PAGE_BYTES);
      all.push(page.runs.map(({ runId }) => runId));
      cursor = page.cursor;
    } while (cursor !== undefined);
    return all;
  }

  describe("pages", () => {
    it("S16. a page ends with 1 MB as well, and payloads do not count", async () => {
      const store = open();
      const reason = "é".repeat(HEAD_PART_LIMIT / 2 - 100);
      const workflow = unique("workflow");
      const large = manyOf(80, { workflow, cancellation: { requestedAt: 1, reason } });
      const light = { workflow: unique("workflow"), start: startWith(["x".repeat(20_000)]) };
      await createAll([...large, ...manyOf(80, light)]);
      const pages = await pagesOf({ workflow }, 1000);
      expect(pages[0]?.length).toBeGreaterThan(40);
      expect(new Set(pages.flat())).toEqual(new Set(large.map(({ runId }) => runId)));
      expect(pages.flat()).toHaveLength(80);
      const { runs } = await store.runs.list({ workflow: light.workflow }, { limit: 1000 });
      expect(runs).toHaveLength(80);
    });

    it("S16. for a filter that few runs fit it looks at so many, and answers a cursor", async () => {
      const store = open();
      // Of the same time, so that the first letter of their ids orders them.
      const [tag, version, createdAt] = [unique("tag"), unique("version"), 0];
      const runs = manyOf(MOST_EXAMINED + 100, { createdAt, tags: [] });
      const last = newHead({ runId: unique("a"), createdAt, version, tags: [tag] });
      await createAll([...runs, last]);
      for (const asked of [{ tag }, { version }]) {
        const filter = { ...asked, createdBefore: 1 };
        const first = await store.runs.list(filter, { limit: 50 });
        expect(first).toEqual({ runs: [], cursor: expect.any(String) });
        expect(await store.runs.list(filter, { limit: 50, cursor: first.cursor })).toMatchObject({
          runs: [last],
        });
        expect((await pagesOf(filter, 50)).flat()).toEqual([last.runId]);
      }
      expect((await store.runs.list({ createdBefore: 1 }, { limit: 1000 })).runs).toHaveLength(
        1000,
      );
    });
  });
}
