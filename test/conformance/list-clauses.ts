import { describe, expect, it } from "vitest";
import type { RunStatus } from "../../src/core/run.ts";
import { encodeCursor } from "../../src/ports/run-list.ts";
import type { RunFilter, RunHead, Store } from "../../src/ports/store.ts";
import { newEntry, newHead, unique } from "./runs.ts";

export function describeLists(open: () => Store): void {
  /** Runs of a workflow of their own, created at these times. */
  async function runsAt(
    times: readonly number[],
    fields: Partial<RunHead> = {},
  ): Promise<RunHead[]> {
    const workflow = fields.workflow ?? unique("workflow");
    const heads = times.map((createdAt) => newHead({ ...fields, workflow, createdAt }));
    await Promise.all(heads.map((head) => open().runs.create(head, 0)));
    return heads;
  }

  async function pages(filter: RunFilter, limit: number): Promise<string[][]> {
    const all: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await open().runs.list(filter, { limit, cursor });
      all.push(page.runs.map(({ runId }) => runId));
      cursor = page.cursor;
    } while (cursor !== undefined);
    return all;
  }

  async function idsOf(filter: RunFilter): Promise<string[]> {
    return (await pages(filter, 1000)).flat();
  }

  const idOf = ({ runId }: { runId: string }) => runId;
  const workflowOf = ([head]: RunHead[]) => ({ workflow: head?.workflow });

  async function end(head: RunHead, status: RunStatus, expiresAt = 90_000): Promise<void> {
    await open().log.append(head, newEntry(1), { status, endedAt: 5, expiresAt });
  }

  describe("lists", () => {
    it("S16. list answers newest first, the heads as they stand", async () => {
      const store = open();
      const heads = await runsAt([5_000, 9_000, 7_000]);
      const [first, second, third] = heads;
      await store.runs.patch(heads[0] ?? newHead(), {
        position: 3,
        change: { status: "suspended", resends: 2 },
        readDueAt: undefined,
      });
      const page = await store.runs.list(workflowOf(heads), { limit: 10 });
      expect(page.runs).toEqual([
        second,
        third,
        { ...first, status: "suspended", resends: 2, position: 3 },
      ]);
      expect(page).not.toHaveProperty("cursor");
    });

    it("S16. runs of the same millisecond come in the order of their ids, as bytes", async () => {
      const stem = unique("tie");
      const suffixes = ["a", "b", "B", "é", "\uffee", "\u{1f600}", "aa", "#"];
      const workflow = unique("workflow");
      for (const suffix of suffixes) {
        await open().runs.create(newHead({ runId: `${stem}${suffix}`, workflow }), 0);
      }
      const expected = ["\u{1f600}", "\uffee", "é", "b", "aa", "a", "B", "#"];
      expect(await idsOf({ workflow })).toEqual(expected.map((suffix) => `${stem}${suffix}`));
      expect((await pages({ workflow }, 3)).flat()).toEqual(await idsOf({ workflow }));
    });

    it("S16. list filters by status, an active one and how a run ended", async () => {
      const heads = await runsAt([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      const workflow = heads[0]?.workflow;
      const statuses = [
        "pending",
        "running",
        "suspended",
        "cancelling",
        "completed",
        "failed",
        "cancelled",
        "terminated",
        "continued",
      ] as const;
      for (const [index, head] of heads.entries()) {
        const status = statuses[index] ?? "pending";
        if (index < 4)
          await open().runs.patch(head, { position: 0, change: { status }, readDueAt: undefined });
        else await end(head, status);
      }
      for (const [index, status] of statuses.entries()) {
        expect(await idsOf({ workflow, status })).toEqual([heads[index]?.runId]);
      }
      expect(await idsOf({ workflow })).toEqual(heads.map(idOf).reverse());
    });

    it("S16. list filters by workflow, tag and time, each alone and together", async () => {
      const tag = unique("tag");
      const tagged = await runsAt([10, 20, 30, 40], { tags: ["x", tag] });
      const others = await runsAt([10, 20], {
        ...workflowOf(tagged),
        tags: [],
      } as Partial<RunHead>);
      const elsewhere = await runsAt([15], { tags: [tag] });
      const ids = tagged.map(idOf);
      const { workflow } = workflowOf(tagged);
      expect(await idsOf({ tag })).toEqual([ids[3], ids[2], ids[1], elsewhere[0]?.runId, ids[0]]);
      expect(await idsOf({ workflow, tag })).toEqual([ids[3], ids[2], ids[1], ids[0]]);
      expect((await idsOf({ workflow })).sort()).toEqual([...ids, ...others.map(idOf)].sort());
      expect(await idsOf({ workflow, tag, createdAfter: 10 })).toEqual([ids[3], ids[2], ids[1]]);
      expect(await idsOf({ workflow, tag, createdBefore: 30 })).toEqual([ids[1], ids[0]]);
      expect(await idsOf({ workflow, tag, createdAfter: 10, createdBefore: 30 })).toEqual([ids[1]]);
      expect(await idsOf({ workflow, createdAfter: 30, createdBefore: 31 })).toEqual([]);
      expect(await idsOf({ workflow, createdAfter: 50, createdBefore: 5 })).toEqual([]);
      expect(await idsOf({ workflow, tag: "x".repeat(3) })).toEqual([]);
      expect(await idsOf({ workflow: unique("no-such") })).toEqual([]);
    });

    it("S16. list filters by whether a run has a problem", async () => {
      const heads = await runsAt([1, 2, 3, 4]);
      const [first, second, third, fourth] = heads;
      const workflow = first?.workflow;
      const problem = { code: "a.code", message: "why", at: 5, tries: 1 };
      for (const head of [first, third]) {
        await open().runs.patch(head ?? newHead(), {
          position: 0,
          change: { problem },
          readDueAt: undefined,
        });
      }
      await end(fourth ?? newHead(), "completed");
      expect(await idsOf({ workflow, problem: true })).toEqual([third?.runId, first?.runId]);
      expect(await idsOf({ workflow, problem: false })).toEqual([fourth?.runId, second?.runId]);
      expect((await pages({ workflow, problem: true }, 1)).flat()).toHaveLength(2);
      await open().runs.patch(third ?? newHead(), {
        position: 0,
        change: { problem: null },
        readDueAt: undefined,
      });
      expect(await idsOf({ workflow, problem: true })).toEqual([first?.runId]);
    });

    it("S16. list filters by whether a run has ended, and by its version", async () => {
      const heads = await runsAt([1, 2, 3, 4, 5]);
      const [pending, suspended, failed, completed, other] = heads;
      const { workflow } = workflowOf(heads);
      await open().runs.patch(suspended ?? newHead(), {
        position: 0,
        change: { status: "suspended" },
        readDueAt: undefined,
      });
      await end(failed ?? newHead(), "failed");
      await end(completed ?? newHead(), "completed");
      const active = [other?.runId, suspended?.runId, pending?.runId];
      expect(await idsOf({ workflow, ended: false })).toEqual(active);
      expect(await idsOf({ workflow, ended: true })).toEqual([completed?.runId, failed?.runId]);
      expect(await idsOf({ workflow, ended: false, status: "suspended" })).toHaveLength(1);
      expect(await idsOf({ workflow, ended: true, status: "suspended" })).toEqual([]);
      const [newer] = await runsAt([3], { ...workflowOf(heads), version: "2" } as Partial<RunHead>);
      expect(await idsOf({ workflow, version: "2" })).toEqual([newer?.runId]);
      expect(await idsOf({ workflow, version: "1" })).toHaveLength(5);
    });

    it("S16. list leaves out runs whose retention was over at a time", async () => {
      const heads = await runsAt([1, 2]);
      const workflow = heads[0]?.workflow;
      await end(heads[0] ?? newHead(), "completed", 5_000);
      expect(await idsOf({ workflow, now: 4_999 })).toHaveLength(2);
      expect(await idsOf({ workflow, now: 5_000 })).toEqual([heads[1]?.runId]);
    });

    it.each([1, 2, 7, 25, 26])("S16. its cursor pages through all, %i at a time", async (limit) => {
      const times = Array.from({ length: 26 }, (_, index) => 100 + (index % 9));
      const heads = await runsAt(times);
      await Promise.all(heads.slice(0, 12).map((head) => end(head, "completed")));
      const all = await pages(workflowOf(heads), limit);
      expect(all.slice(0, -1).every((page) => page.length === limit)).toBe(true);
      expect(all).toHaveLength(Math.ceil(26 / limit));
      expect(all.flat()).toEqual(await idsOf(workflowOf(heads)));
      expect(new Set(all.flat()).size).toBe(26);
    });

    it("S16. paging neither repeats nor misses a run that ends in between", async () => {
      const store = open();
      const heads = await runsAt(Array.from({ length: 10 }, (_, index) => index));
      const first = await store.runs.list(workflowOf(heads), { limit: 4 });
      await Promise.all(heads.map((head) => end(head, "failed")));
      const rest = await store.runs.list(workflowOf(heads), { limit: 10, cursor: first.cursor });
      expect([...first.runs, ...rest.runs].map(idOf)).toEqual(heads.map(idOf).reverse());
    });

    it("S16. a run whose id was used before is listed once, where it is now", async () => {
      const [head] = await runsAt([100]);
      if (!head) return;
      await end(head, "completed", 200);
      await open().runs.create(
        newHead({ ...head, incarnation: unique("inc"), createdAt: 300 }),
        300,
      );
      const page = await open().runs.list({ workflow: head.workflow }, { limit: 10 });
      expect(page.runs).toMatchObject([{ createdAt: 300, status: "pending" }]);
    });

    it("S16. cursors can stand in a URL", async () => {
      const heads = await runsAt([1, 2, 3], { workflow: unique("größe/ä?&=%") });
      const { cursor } = await open().runs.list(workflowOf(heads), { limit: 1 });
      expect(cursor).toMatch(/^[\w-]+$/);
    });

    it("S16. a cursor that it did not make is refused", async () => {
      const store = open();
      const heads = await runsAt([1, 2, 3]);
      const filter = workflowOf(heads);
      const { cursor = "" } = await store.runs.list(filter, { limit: 1 });
      const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const bad = ["", "x", "ä", cursor.slice(3), encode(null), encode([1, "", 2]), encode({})];
      for (const each of bad) {
        const list = store.runs.list(filter, { limit: 1, cursor: each });
        await expect(list).rejects.toMatchObject({ code: "input.invalid" });
      }
      for (const [index, letter] of [...cursor].entries()) {
        const other = letter === "A" ? "B" : "A";
        const tampered = `${cursor.slice(0, index)}${other}${cursor.slice(index + 1)}`;
        const list = store.runs.list(filter, { limit: 1, cursor: tampered });
        await expect(list).rejects.toMatchObject({ code: "input.invalid" });
      }
      const others: RunFilter[] = [
        {},
        { ...filter, status: "running" },
        { ...filter, tag: "blue" },
      ];
      for (const other of others) {
        const list = store.runs.list(other, { limit: 1, cursor });
        await expect(list).rejects.toMatchObject({ code: "input.invalid" });
      }
      expect(await store.runs.list({ ...filter, now: 5 }, { limit: 1, cursor })).toMatchObject({
        runs: [{ createdAt: 2 }],
      });
    });

    it.each<[string, string, number]>([
      ["an id that no key can hold", "x".repeat(5_000), 5],
      ["an id that no text can hold", "\ud800", 5],
      ["a time before all", "run", -1],
    ])("S16. a cursor to a place that no run has is refused: %s", async (_, runId, createdAt) => {
      const cursor = encodeCursor({}, { createdAt, runId });
      const list = open().runs.list({}, { limit: 1, cursor });
      await expect(list).rejects.toMatchObject({ code: "input.invalid" });
    });

    it("S16. a cursor may lead to the end of all times", async () => {
      const filter = { workflow: unique("workflow") };
      for (const createdAt of [0, 1.5, Number.MAX_SAFE_INTEGER, 1e300]) {
        const cursor = encodeCursor(filter, { createdAt, runId: "run" });
        expect(await open().runs.list(filter, { limit: 1, cursor })).toEqual({ runs: [] });
      }
    });

    it("S17. listDue answers what is due, soonest first, up to a limit", async () => {
      const store = open();
      // Before all other runs of this suite, so that these are the soonest.
      const heads = [-50, -90, -70, -60].map((dueAt) => newHead({ dueAt }));
      await Promise.all(heads.map((head) => store.runs.create(head, 0)));
      const [a, b, c, d] = heads.map(idOf);
      expect(await store.runs.listDue({ until: -60, limit: 10 })).toEqual([
        { runId: b, dueAt: -90 },
        { runId: c, dueAt: -70 },
        { runId: d, dueAt: -60 },
      ]);
      expect(await store.runs.listDue({ until: 0, limit: 2 })).toMatchObject([
        { runId: b },
        { runId: c },
      ]);
      expect(
        (await store.runs.listDue({ until: -50, limit: 100 })).map(({ runId }) => runId),
      ).toContain(a);
      expect(await store.runs.listDue({ until: -1_000, limit: 10 })).toEqual([]);
    });

    it("S17. listDue follows dueAt, and lets go of runs that have ended or have none", async () => {
      const store = open();
      const moved = newHead({ runId: unique("due#%"), dueAt: -500 });
      const endedHead = newHead({ dueAt: -500 });
      const away = newHead({ dueAt: -500 });
      for (const head of [moved, endedHead, away]) await store.runs.create(head, 0);
      expect(await store.runs.listDue({ until: -400, limit: 10 })).toHaveLength(3);
      await store.runs.moveDue(moved, { from: -500, to: -450, resends: 1 });
      await end(endedHead, "completed");
      await store.runs.patch(away, { position: 0, change: { dueAt: null }, readDueAt: -500 });
      expect(await store.runs.listDue({ until: -400, limit: 10 })).toEqual([
        { runId: moved.runId, dueAt: -450 },
      ]);
      await store.runs.patch(moved, { position: 0, change: { dueAt: null }, readDueAt: -450 });
    });
  });
}
