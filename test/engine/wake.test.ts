import { expect, test } from "vitest";
import { sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";

const noop = async (): Promise<void> => {};
const order = workflow("order", async () => {
  await step("reserve", noop)();
  await sleep("1h");
  return "shipped";
});
const broken = workflow("order", async () => {
  await step("charge", noop)();
  return "never";
});

describeOnEachStore("a run that is woken", (world) => {
  const { createEngine } = world;

  test("is tried at once, as if for the first time, however long its pause", async () => {
    const first = createEngine({ workflows: [order] });
    const { runId } = await first.start(order);
    await first.settle();
    const bad = createEngine({ workflows: [broken] });
    await bad.clock.advance("5h");
    const { problem } = await bad.getRun(runId);
    expect(problem?.tries).toBeGreaterThan(4);

    const now = new Date(bad.clock.now());
    const good = createEngine({ workflows: [order], now });
    await good.settle();
    expect(await good.getRun(runId)).toMatchObject({ status: "suspended", problem });
    expect(await good.wake(runId)).toEqual({ runId, outcome: "woken", status: "suspended" });
    await good.settle();
    expect(await good.getRun(runId)).toMatchObject({ status: "completed", output: "shipped" });
  });

  test.each(["wake", "cancel"] as const)(
    "(%s) before its cause is mended has its problem begin anew, with short pauses",
    async (call) => {
      const first = createEngine({ workflows: [order] });
      const { runId } = await first.start(order);
      await first.settle();
      const bad = createEngine({ workflows: [broken], watchdog: "1m" });
      await bad.clock.advance("5h");
      await bad[call](runId);
      expect((await bad.getRun(runId)).problem?.tries).toBe(0);
      await bad.settle();
      // By its message, and by the sweep.
      expect((await bad.getRun(runId)).problem?.tries).toBeLessThanOrEqual(2);
      const { dueAt = 0 } = (await world.store.runs.get(runId, bad.clock.now())) ?? {};
      expect(dueAt - bad.clock.now()).toBeLessThanOrEqual(120_000);
    },
  );

  test("while it waits goes on waiting, and nothing is written to its log", async () => {
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    const { events } = await engine.getEvents(runId);
    const { dueAt } = (await world.store.runs.get(runId, engine.clock.now())) ?? {};
    expect(await engine.wake(runId)).toEqual({ runId, outcome: "woken", status: "suspended" });
    await engine.settle();
    expect((await engine.getEvents(runId)).events).toEqual(events);
    expect((await world.store.runs.get(runId, engine.clock.now()))?.dueAt).toBe(dueAt);
    await engine.clock.advance("1h");
    expect(await engine.result(runId)).toBe("shipped");
  });

  test("and has ended, or is not there, says so", async () => {
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.terminate(runId);
    expect(await engine.wake(runId)).toEqual({
      runId,
      outcome: "already-ended",
      status: "terminated",
    });
    await expect(engine.wake("nobody")).rejects.toMatchObject({ code: "run.notFound" });
  });

  test("is found in the list by its problem", async () => {
    const engine = createEngine({ workflows: [order] });
    const [stuck, fine] = [await engine.start(order), await engine.start(order)];
    await engine.settle();
    await engine.reportProblem(stuck.runId, new Error("no"));
    const idsOf = async (problem: boolean) =>
      (await engine.listRuns({ workflow: "order", problem })).runs.map(({ runId }) => runId);
    expect(await idsOf(true)).toContain(stuck.runId);
    expect(await idsOf(true)).not.toContain(fine.runId);
    expect(await idsOf(false)).toContain(fine.runId);
    await expect(engine.listRuns({ problem: "yes" as never })).rejects.toMatchObject({
      code: "input.invalid",
    });
  });
});
