import { describe, expect, it } from "vitest";
import type { Store, TaskChange } from "../../src/ports/store.ts";
import { keyOf, newClaim, newHead } from "./runs.ts";

export function describeTasks(open: () => Store): void {
  const newKey = () => keyOf(newHead());
  const finish = (result: number): TaskChange => ({
    type: "finish",
    end: { type: "completed", result: [result] },
  });
  const retry: TaskChange = { type: "retry", retryAt: 30_000, error: [{ message: 1 }, "héé"] };

  describe("tasks", () => {
    it("S11. claim claims a task that was never claimed, with any attempt", async () => {
      const store = open();
      const key = newKey();
      const claim = newClaim({ attempt: 3 });
      const task = {
        command: 7,
        attempt: 3,
        claim: claim.claim,
        lease: claim.lease,
        startedAt: claim.startedAt,
      };
      expect(await store.tasks.claim(key, 7, claim)).toEqual({ ok: true, task });
      expect(await store.tasks.get(key, [7])).toEqual([task]);
    });

    it("S11. of many that claim one attempt at once, one does, and the others see it", async () => {
      const store = open();
      const key = newKey();
      const claims = Array.from({ length: 20 }, () => newClaim());
      const answers = await Promise.all(claims.map((claim) => store.tasks.claim(key, 0, claim)));
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      const winner = claims[answers.findIndex(({ ok }) => ok)];
      for (const { task } of answers) expect(task.claim).toBe(winner?.claim);
    });

    it("S11. claim that is repeated, because its answer was lost, has claimed", async () => {
      const store = open();
      const key = newKey();
      const claim = newClaim();
      const first = await store.tasks.claim(key, 0, claim);
      expect(await store.tasks.claim(key, 0, claim)).toEqual(first);
      await store.tasks.stop(key, [0]);
      expect(await store.tasks.claim(key, 0, claim)).toMatchObject({
        ok: true,
        task: { stop: true },
      });
      await store.tasks.update(key, 0, { claim: claim.claim, ...finish(1) });
      expect(await store.tasks.claim(key, 0, claim)).toMatchObject({ ok: false });
    });

    it("S11. not while another claim's lease lasts", async () => {
      const store = open();
      const key = newKey();
      const { task } = await store.tasks.claim(key, 0, newClaim({ lease: 20_000 }));
      const early = newClaim({ attempt: 2, leaseEndedBefore: 20_000 });
      expect(await store.tasks.claim(key, 0, early)).toEqual({ ok: false, task });
      const late = newClaim({ attempt: 2, leaseEndedBefore: 20_001, lease: 40_000 });
      expect(await store.tasks.claim(key, 0, late)).toMatchObject({
        ok: true,
        task: { attempt: 2, claim: late.claim, lease: 40_000 },
      });
    });

    it("S11. only for the attempt after the last", async () => {
      const store = open();
      const key = newKey();
      await store.tasks.claim(key, 0, newClaim({ attempt: 1 }));
      for (const attempt of [1, 3]) {
        const claim = newClaim({ attempt, leaseEndedBefore: 99_000 });
        expect(await store.tasks.claim(key, 0, claim)).toMatchObject({ ok: false });
      }
    });

    it("S11. not before retryAt", async () => {
      const store = open();
      const key = newKey();
      const first = newClaim();
      await store.tasks.claim(key, 0, first);
      await store.tasks.update(key, 0, { claim: first.claim, ...retry });
      expect(await store.tasks.claim(key, 0, newClaim({ attempt: 2, now: 29_999 }))).toMatchObject({
        ok: false,
        task: { attempt: 1, retryAt: 30_000 },
      });
      expect(await store.tasks.claim(key, 0, first)).toMatchObject({ ok: false });
      const { ok, task } = await store.tasks.claim(key, 0, newClaim({ attempt: 2, now: 30_000 }));
      expect(ok).toBe(true);
      expect(task).toMatchObject({ attempt: 2, error: [{ message: 1 }, "héé"] });
      expect(task).not.toHaveProperty("retryAt");
    });

    it("S11. not once finished", async () => {
      const store = open();
      const key = newKey();
      const first = newClaim();
      await store.tasks.claim(key, 0, first);
      await store.tasks.update(key, 0, { claim: first.claim, ...finish(1) });
      const claim = newClaim({ attempt: 2, now: 99_000, leaseEndedBefore: 99_000 });
      expect(await store.tasks.claim(key, 0, claim)).toMatchObject({
        ok: false,
        task: { end: { type: "completed", result: [1] } },
      });
    });

    it("S11. not once stopped, neither a first nor a later attempt", async () => {
      const store = open();
      const key = newKey();
      await store.tasks.claim(key, 0, newClaim());
      await store.tasks.stop(key, [0, 1]);
      const later = newClaim({ attempt: 2, now: 99_000, leaseEndedBefore: 99_000 });
      expect(await store.tasks.claim(key, 0, later)).toMatchObject({
        ok: false,
        task: { attempt: 1 },
      });
      expect(await store.tasks.claim(key, 1, newClaim())).toEqual({
        ok: false,
        task: { command: 1, attempt: 0, stop: true },
      });
    });

    it("S12. what was left behind by an attempt is told until another one ends", async () => {
      const store = open();
      const key = newKey();
      const left = { leftBehind: true as const };
      const first = newClaim();
      await store.tasks.claim(key, 0, first);
      const told = await store.tasks.update(key, 0, { claim: first.claim, ...retry, ...left });
      expect(told.task).toMatchObject(left);
      expect(await store.tasks.get(key, [0])).toMatchObject([left]);
      const second = newClaim({ attempt: 2, now: 30_000, lease: 60_000 });
      await store.tasks.claim(key, 0, second);
      const again = await store.tasks.update(key, 0, { claim: second.claim, ...retry });
      expect(again.task).not.toHaveProperty("leftBehind");
      const third = newClaim({ attempt: 3, now: 30_000, lease: 60_000 });
      await store.tasks.claim(key, 0, third);
      const end = { type: "failed" as const, error: [5], ...left };
      await store.tasks.update(key, 0, { claim: third.claim, type: "finish", end });
      expect(await store.tasks.get(key, [0])).toMatchObject([{ end }]);
    });

    it("S12. update renews, retries and finishes for the claim that holds the task", async () => {
      const store = open();
      const key = newKey();
      const { claim } = newClaim();
      await store.tasks.claim(key, 0, newClaim({ claim }));
      const base = { command: 0, attempt: 1, claim, startedAt: 10_000 };
      expect(await store.tasks.update(key, 0, { claim, type: "renew", lease: 25_000 })).toEqual({
        ok: true,
        task: { ...base, lease: 25_000 },
      });
      expect(await store.tasks.update(key, 0, { claim, ...retry })).toEqual({
        ok: true,
        task: { ...base, retryAt: 30_000, error: [{ message: 1 }, "héé"] },
      });
      const second = newClaim({ attempt: 2, now: 30_000 });
      await store.tasks.claim(key, 0, second);
      const { ok, task } = await store.tasks.update(key, 0, { claim: second.claim, ...finish(5) });
      expect(ok).toBe(true);
      expect(task).toMatchObject({ attempt: 2, end: { type: "completed", result: [5] } });
      expect(task).not.toHaveProperty("error");
      expect(await store.tasks.get(key, [0])).toEqual([task]);
    });

    const updates: TaskChange[] = [
      { type: "renew", lease: 25_000 },
      retry,
      finish(1),
      { type: "finish", end: { type: "failed", error: [2] } },
      { type: "finish", end: { type: "cancelled", error: [3] } },
    ];
    it.each(updates)("S12. repeating a written $type is a success", async (update) => {
      const store = open();
      const key = newKey();
      const { claim } = newClaim();
      await store.tasks.claim(key, 0, newClaim({ claim }));
      const first = await store.tasks.update(key, 0, { claim, ...update });
      expect(first).toMatchObject({ ok: true });
      expect(await store.tasks.update(key, 0, { claim, ...update })).toEqual(first);
      expect(await store.tasks.get(key, [0])).toEqual([first.task]);
    });

    it.each(updates)("S12. $type is not for another claim", async (update) => {
      const store = open();
      const key = newKey();
      const { task } = await store.tasks.claim(key, 0, newClaim());
      expect(await store.tasks.update(key, 0, { claim: "other", ...update })).toEqual({
        ok: false,
        task,
      });
      expect(await store.tasks.update(key, 5, { claim: "other", ...update })).toEqual({
        ok: false,
        task: { command: 5, attempt: 0 },
      });
      expect(await store.tasks.get(key, [0, 5])).toEqual([task]);
    });

    it.each(updates)("S12. $type is not for a claim that was taken over", async (update) => {
      const store = open();
      const key = newKey();
      const first = newClaim();
      await store.tasks.claim(key, 0, first);
      const { task } = await store.tasks.claim(
        key,
        0,
        newClaim({ attempt: 2, leaseEndedBefore: 50_000 }),
      );
      expect(await store.tasks.update(key, 0, { claim: first.claim, ...update })).toEqual({
        ok: false,
        task,
      });
    });

    it("S12. a claim whose lease ended still holds the task until another takes it", async () => {
      const store = open();
      const key = newKey();
      const { claim } = newClaim();
      await store.tasks.claim(key, 0, newClaim({ claim, lease: 1 }));
      expect(await store.tasks.update(key, 0, { claim, ...finish(1) })).toMatchObject({ ok: true });
    });

    it.each(updates)("S12. $type changes nothing once the task is finished", async (update) => {
      const store = open();
      const key = newKey();
      const { claim } = newClaim();
      await store.tasks.claim(key, 0, newClaim({ claim }));
      const { task } = await store.tasks.update(key, 0, { claim, ...finish(42) });
      expect(await store.tasks.update(key, 0, { claim, ...update })).toEqual({ ok: false, task });
    });

    it("S12. a claim that gave its attempt up may not finish it", async () => {
      const store = open();
      const key = newKey();
      const { claim } = newClaim();
      await store.tasks.claim(key, 0, newClaim({ claim }));
      await store.tasks.update(key, 0, { claim, ...retry });
      for (const update of [finish(1), { type: "renew", lease: 99_000 } as const]) {
        expect(await store.tasks.update(key, 0, { claim, ...update })).toMatchObject({ ok: false });
      }
    });

    it("S13. stop marks whatever is there, and lets a live attempt finish", async () => {
      const store = open();
      const key = newKey();
      const { claim } = newClaim();
      await store.tasks.claim(key, 0, newClaim({ claim }));
      await store.tasks.stop(key, [0, 1, 1]);
      await store.tasks.stop(key, [1]);
      expect(await store.tasks.get(key, [0, 1])).toMatchObject([
        { command: 0, attempt: 1, claim, stop: true },
        { command: 1, attempt: 0, stop: true },
      ]);
      expect(await store.tasks.update(key, 0, { claim, ...finish(1) })).toMatchObject({ ok: true });
    });

    it("S13. stop marks none, and 300", async () => {
      const store = open();
      const key = newKey();
      await store.tasks.stop(key, []);
      const commands = Array.from({ length: 300 }, (_, command) => command);
      await store.tasks.stop(key, commands);
      const tasks = await store.tasks.get(key, commands);
      expect(tasks).toEqual(commands.map((command) => ({ command, attempt: 0, stop: true })));
    });

    it("S14. tasks answers those that there are, in the order they were asked for", async () => {
      const store = open();
      const key = newKey();
      await store.tasks.claim(key, 3, newClaim());
      await store.tasks.claim(key, 1, newClaim());
      const tasks = await store.tasks.get(key, [3, 2, 1, 3]);
      expect(tasks.map(({ command }) => command)).toEqual([3, 1]);
      expect(await store.tasks.get(key, [])).toEqual([]);
    });

    it("S15. done marks are a set", async () => {
      const store = open();
      const key = newKey();
      expect(await store.tasks.doneMarks(key)).toEqual([]);
      for (const command of [10, 2, 10, 0]) await store.tasks.markDone(key, command);
      expect(await store.tasks.doneMarks(key)).toEqual([0, 2, 10]);
    });

    it("S15. unmarking removes just what is named", async () => {
      const store = open();
      const key = newKey();
      for (const command of [1, 2, 3]) await store.tasks.markDone(key, command);
      await store.tasks.unmarkDone(key, []);
      await store.tasks.unmarkDone(key, [2, 9, 2]);
      expect(await store.tasks.doneMarks(key)).toEqual([1, 3]);
      await store.tasks.unmarkDone(key, [1, 3]);
      expect(await store.tasks.doneMarks(key)).toEqual([]);
      await store.tasks.unmarkDone(key, [1]);
      await store.tasks.markDone(key, 4);
      expect(await store.tasks.doneMarks(key)).toEqual([4]);
    });

    it("S15. unmarking what was never marked is harmless", async () => {
      const store = open();
      const key = newKey();
      await store.tasks.unmarkDone(key, [1, 2]);
      expect(await store.tasks.doneMarks(key)).toEqual([]);
    });

    it("S15. 300 tasks mark themselves done at once", async () => {
      const store = open();
      const key = newKey();
      const commands = Array.from({ length: 300 }, (_, command) => command);
      await Promise.all(commands.map((command) => store.tasks.markDone(key, command)));
      expect(await store.tasks.doneMarks(key)).toEqual(commands);
    });
  });
}
