import { describe, expect, it } from "vitest";
import type { LogEvent } from "../../src/core/events.ts";
import type { RunStatus } from "../../src/core/run.ts";
import type { RunHead, Store } from "../../src/ports/store.ts";
import { keyOf, newClaim, newEntry, newHead, unique } from "./runs.ts";

const damaged = { code: "store.damaged" };
/** As a newer version may write, which knows more. */
const UNKNOWN = "hibernating" as RunStatus;
const EXPLODED = { type: "step.exploded" } as unknown as LogEvent;

export function describeDamage(open: () => Store): void {
  async function started(fields: Partial<RunHead> = {}): Promise<RunHead> {
    const head = newHead(fields);
    await open().runs.create(head, 0);
    return head;
  }

  async function damagedHead(fields: Partial<RunHead> = {}): Promise<RunHead> {
    const head = await started(fields);
    await open().runs.patch(head, {
      position: 0,
      change: { status: UNKNOWN },
      readDueAt: undefined,
    });
    return head;
  }

  describe("damage", () => {
    it("S22. a head that does not fit its shape is refused by all that read it", async () => {
      const store = open();
      const head = await damagedHead();
      const reading = [
        () => store.runs.get(head.runId, 0),
        () => store.runs.create(newHead({ runId: head.runId }), 0),
        () => store.runs.patch(head, { position: 5, change: { resends: 1 }, readDueAt: undefined }),
        () => store.log.append(head, newEntry(1), { resends: 1 }),
      ];
      for (const read of reading) await expect(read()).rejects.toMatchObject(damaged);
      await expect(store.runs.get(head.runId, 0)).rejects.toThrow("status");
      expect(await store.runs.moveDue(head, { from: 1_000, to: 2_000, resends: 1 })).toBe(false);
    });

    it("S22. in a list it is a row, as far as it can be read, and takes no other with it", async () => {
      const store = open();
      const workflow = unique("workflow");
      const fields = { workflow, version: "7", tags: ["kept"] };
      const older = await started({ ...fields, createdAt: 1_000 });
      const bad = await damagedHead({ ...fields, createdAt: 2_000 });
      const newer = await started({ ...fields, createdAt: 3_000 });
      const row = {
        ...{ runId: bad.runId, createdAt: 2_000, ...fields, status: "running" },
        damage: expect.stringContaining("status"),
      };
      expect((await store.runs.list({ workflow }, { limit: 10 })).runs).toEqual([
        newer,
        row,
        older,
      ]);
      const fitting = [
        { tag: "kept" },
        { version: "7" },
        { status: "running" as const },
        { ended: false },
        { problem: true },
      ];
      for (const filter of fitting) {
        expect((await store.runs.list({ workflow, ...filter }, { limit: 10 })).runs).toContainEqual(
          row,
        );
      }
      const others = [{ status: "pending" as const }, { problem: false }, { ended: true }];
      for (const filter of others) {
        expect(
          (await store.runs.list({ workflow, ...filter }, { limit: 10 })).runs,
        ).not.toContainEqual(row);
      }
      const { cursor } = await store.runs.list({ workflow }, { limit: 2 });
      expect((await store.runs.list({ workflow }, { limit: 2, cursor })).runs).toEqual([older]);
    });

    it("S22. an entry that does not fit its shape is refused by all that read it", async () => {
      const store = open();
      const key = keyOf(newHead());
      await store.log.append(key, newEntry(1));
      await store.log.append(key, newEntry(2, { events: [EXPLODED] }));
      await expect(store.log.read(key, { from: 1 })).rejects.toMatchObject(damaged);
      await expect(store.log.append(key, newEntry(2))).rejects.toMatchObject(damaged);
      expect(await store.log.read(key, { from: 1, limit: 1 })).toHaveLength(1);
    });

    it("S22. a task that does not fit its shape is refused by all that read it", async () => {
      const store = open();
      const key = keyOf(newHead());
      const { claim } = newClaim();
      await store.tasks.claim(key, 1, newClaim({ claim }));
      const end = { type: "exploded", error: [1] } as never;
      const finish = store.tasks.update(key, 1, { claim, type: "finish", end });
      await expect(finish).rejects.toMatchObject(damaged);
      await expect(store.tasks.get(key, [1])).rejects.toMatchObject(damaged);
      await expect(store.tasks.claim(key, 1, newClaim())).rejects.toMatchObject(damaged);
      expect(await store.tasks.get(key, [2])).toEqual([]);
    });

    it("S23. setAside moves the dueAt of a damaged run; the first one to do so is told", async () => {
      const store = open();
      const head = await damagedHead({ dueAt: -9_000 });
      const isDue = async (until: number): Promise<boolean> => {
        const due = await store.runs.listDue({ until, limit: 1_000 });
        return due.some(({ runId }) => runId === head.runId);
      };
      expect(await isDue(-8_500)).toBe(true);
      expect(await store.runs.setAside(head.runId, -8_000)).toBe(true);
      expect(await isDue(-8_500)).toBe(false);
      expect(await isDue(-8_000)).toBe(true);
      expect(await store.runs.setAside(head.runId, -7_000)).toBe(false);
      expect(await isDue(-7_500)).toBe(false);
      await store.runs.setAside(head.runId, 9e12);
    });

    it("S23. of many that set a run aside at once, one is the first", async () => {
      const { runId } = await damagedHead({ dueAt: -9_000 });
      const answers = await Promise.all(
        [1, 2, 3, 4, 5].map(() => open().runs.setAside(runId, 9e12)),
      );
      expect(answers.filter(Boolean)).toHaveLength(1);
    });

    it("S23. setAside leaves a run alone whose head can be read, one that has ended, and none", async () => {
      const store = open();
      const head = await started();
      expect(await store.runs.setAside(head.runId, 9e12)).toBe(false);
      expect(await store.runs.get(head.runId, 0)).toEqual(head);
      const ended = await started();
      const change = { status: "completed" as const, problem: "bad" as never };
      await store.log.append(ended, newEntry(1), change);
      await expect(store.runs.get(ended.runId, 0)).rejects.toMatchObject(damaged);
      expect(await store.runs.setAside(ended.runId, 9e12)).toBe(false);
      expect(await store.runs.setAside(newHead().runId, 9e12)).toBe(false);
    });
  });
}
