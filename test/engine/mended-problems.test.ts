/** What kept a run from going on goes from its record when the run goes on. */
import { expect, test } from "vitest";
import { sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createHandHeld } from "./hand-held.ts";

const MINUTE = 60_000;

describeOnEachStore("a problem of a deployment whose code does not fit", (world) => {
  const work = step("work", async () => {});
  const order = workflow("order", async (steps: number) => {
    for (let n = 0; n < steps; n++) await work();
    await sleep("30m");
    await work();
  });

  const unfit = workflow("order", async () => {
    await step("other", async () => {})();
  });

  /** A run that one process is at, and of which another cannot do a turn. */
  async function beginBroken(steps = 10) {
    const held = createHandHeld([order], { store: world.store });
    const old = createHandHeld([unfit], { store: world.store });
    const { runId } = await held.engine.start("order", steps);
    world.watch(runId, [order]);
    await held.engine.turn({ runId });
    await held.engine.turn({ runId });
    await old.engine.turn({ runId });
    const shown = async () => (await held.engine.getRun(runId)).problem;
    const kept = async () => (await world.store.runs.get(runId, held.clock.now))?.problem;
    expect(await shown()).toMatchObject({ code: "workflow.nonDeterministic", tries: 1 });
    return { held, old, runId, shown, kept };
  }

  test("is not shown once the run has gone on, though nobody else has heard of it", async () => {
    const { held, runId, shown } = await beginBroken();
    await held.engine.turn({ runId });
    expect(await shown()).toBeUndefined();
    expect((await held.engine.getRun(runId)).status).toBe("running");
  });

  test("goes with the next write to the head", async () => {
    const { held, runId, kept } = await beginBroken();
    for (let n = 0; n < 10; n++) await held.engine.turn({ runId });
    expect((await held.engine.getRun(runId)).status).toBe("suspended");
    expect(await kept()).toBeUndefined();
  });

  test("goes when the sweep has looked, though each step leads to the next", async () => {
    const { held, runId, kept } = await beginBroken(50);
    await held.engine.turn({ runId });
    expect(await kept()).toBeDefined();
    held.clock.now += 2 * MINUTE;
    held.takeSent();
    await held.engine.sweep();
    await held.engine.turn({ runId, sweep: true });
    expect(await kept()).toBeUndefined();
  });

  test("goes when another process that knows it hears of the sweep", async () => {
    const { held, old, runId, kept } = await beginBroken(50);
    old.clock.now = held.clock.now += 2 * MINUTE;
    await old.engine.sweep();
    await held.engine.turn({ runId, sweep: true });
    expect(await kept()).toBeUndefined();
  });

  test("goes with a turn that has nothing to do", async () => {
    const held = createHandHeld([order], { store: world.store });
    const old = createHandHeld([unfit], { store: world.store });
    const { runId } = await held.engine.start("order", 0);
    world.watch(runId, [order]);
    await held.engine.turn({ runId });
    await old.engine.turn({ runId });
    expect((await held.engine.getRun(runId)).problem).toBeDefined();
    await held.another().turn({ runId });
    expect((await held.engine.getRun(runId)).problem).toBeUndefined();
  });

  test("is shown until then", async () => {
    const { held, old, runId, shown } = await beginBroken();
    old.clock.now += 2 * MINUTE;
    await old.engine.turn({ runId });
    expect(await shown()).toMatchObject({ tries: 2 });
    await held.engine.cancel(runId);
    expect(await shown()).toMatchObject({ code: "workflow.nonDeterministic" });
    await held.engine.turn({ runId });
    expect(await held.engine.getRun(runId)).toMatchObject({ status: "cancelled" });
    expect(await shown()).toBeUndefined();
  });

  test("is shown of a message that was given up, however long the log is", async () => {
    const { held, runId, shown } = await beginBroken();
    for (let n = 0; n < 3; n++) await held.engine.turn({ runId });
    await held.engine.reportProblem(runId, new Error("out of memory"));
    expect(await shown()).toMatchObject({ code: "turn.failed" });
    await held.engine.turn({ runId });
    expect(await shown()).toBeUndefined();
  });
});
