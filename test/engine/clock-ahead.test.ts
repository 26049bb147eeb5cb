import { expect, test } from "vitest";
import type { AnyWorkflow } from "../../src/authoring/workflow.ts";
import { createEngine, type Engine, type Message } from "../../src/engine/index.ts";
import { getContext, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore, replay, silent } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { eventsOf, storyOf } from "./story.ts";
import { around } from "./watched-store.ts";

const HOURS_AHEAD = 3 * 3_600_000;
const note = step("note", async () => {});
const naps = workflow("naps", async () => {
  await note();
  await note();
  await sleep(200);
  await note();
});

describeOnEachStore("where the clock of one process is three hours ahead", (world) => {
  /** Two processes, their messages, and the time that the second has right. */
  function open(code: readonly AnyWorkflow[] = [naps]): {
    ahead: Engine;
    right: Engine;
    sent: Message[];
    clock: { now: number };
  } {
    const clock = { now: Date.parse("2030-01-01T00:00:00Z") };
    const sent: Message[] = [];
    const engineAt = (ms: number): Engine =>
      createEngine({
        workflows: code,
        store: world.store,
        logger: silent,
        replay,
        clock: { now: () => clock.now + ms, after: () => () => {} },
        scheduler: { send: async (messages) => void sent.push(...messages) },
      });
    return { ahead: engineAt(HOURS_AHEAD), right: engineAt(0), sent, clock };
  }

  test("what it wrote before makes no sleep longer", async () => {
    const { ahead, right, sent, clock } = open();
    const { runId } = await ahead.start(naps);
    world.watch(runId, [naps]);
    await ahead.turn({ runId });
    await right.turn({ runId });
    expect(await storyOf(right, runId, { only: /sleep/ })).toEqual(["sleep.started"]);
    expect(sent.at(-1)).toMatchObject({ delayMs: 200 });
    clock.now += 200;
    await right.turn({ runId });
    await right.turn({ runId });
    expect(await right.getRun(runId)).toMatchObject({ status: "completed" });
  });

  test("a sleep that it began is begun anew by who is right", async () => {
    const { ahead, right, sent, clock } = open();
    const { runId } = await ahead.start(naps);
    world.watch(runId, [naps]);
    await ahead.turn({ runId });
    await ahead.turn({ runId });
    clock.now += 200;
    await right.turn({ runId });
    expect(sent.at(-1)).toMatchObject({ delayMs: 200 });
    clock.now += 200;
    await right.turn({ runId });
    await right.turn({ runId });
    expect(await right.getRun(runId)).toMatchObject({ status: "completed" });
  });

  /** A step whose first attempt does so, alone or as a task beside another. */
  function troubled(parallel: boolean, first: () => Promise<void>) {
    const attempts: number[] = [];
    const work = step(
      "work",
      async () => {
        attempts.push(getContext().attempt ?? 0);
        if (attempts.length === 1) await first();
      },
      { backoff: { initial: "10s", jitter: false } },
    );
    const beside = step("beside", async () => {});
    const order = workflow("order", async () => {
      await Promise.all(parallel ? [work(), beside()] : [work()]);
    });
    return { order, attempts };
  }

  for (const parallel of [false, true]) {
    const where = parallel ? "as a task" : "in the log";
    const task = parallel ? { task: 0 } : {};

    test(`a retry that it promised comes after its back-off (${where})`, async () => {
      const { order, attempts } = troubled(parallel, () => Promise.reject(new Error("busy")));
      const { ahead, right, clock } = open([order]);
      const { runId } = await ahead.start("order", undefined);
      world.watch(runId, [order]);
      await ahead.turn({ runId });
      if (parallel) await ahead.turn({ runId, ...task });
      await right.turn({ runId, ...task });
      clock.now += 9_000;
      await right.turn({ runId, ...task });
      expect(attempts).toEqual([1]);
      clock.now += 1_000;
      await right.turn({ runId, ...task });
      expect(attempts).toEqual([1, 2]);
    });

    test(`a claim that it leaves behind ends when it would have (${where})`, async () => {
      const { order, attempts } = troubled(parallel, () => new Promise(() => {}));
      const { ahead, right, clock } = open([order]);
      const { runId } = await ahead.start("order", undefined);
      world.watch(runId, [order]);
      if (parallel) await ahead.turn({ runId });
      void ahead.turn({ runId, ...task });
      await expect.poll(() => attempts).toEqual([1]);
      await right.turn({ runId, ...task });
      clock.now += 16_000;
      await right.turn({ runId, ...task });
      expect(attempts).toEqual([1]);
      clock.now += 1_001;
      await right.turn({ runId, ...task });
      expect(attempts).toEqual([1, 2]);
    });

    test.each(["ahead", "right"] as const)(
      `a claim that the one which is %s holds is not taken over (${where})`,
      async (which) => {
        const gate = createGate();
        const { order, attempts } = troubled(parallel, () => gate.pass());
        const before = workflow("order", async () => {
          await step("first", async () => {})();
          await order.run();
        });
        const BEGIN = Date.UTC(2030, 0, 1);
        const engineAt = (ms: number) =>
          world.createEngine({ workflows: [before], now: new Date(BEGIN + ms) });
        const engines = { ahead: engineAt(HOURS_AHEAD), right: engineAt(0) };
        const watcher = engineAt(0);
        const { runId } = await engines.ahead.start(before);
        // So the log is ahead, whoever goes on.
        await engines.ahead.turn({ runId });
        const holder = engines[which];
        if (parallel) await holder.turn({ runId });
        const turn = holder.turn({ runId, ...(parallel && { task: 1 }) });
        await expect.poll(() => attempts).toEqual([1]);
        for (let seconds = 0; seconds < 60; seconds += 4) {
          await watcher.turn({ runId, ...(parallel && { task: 1 }) });
          await holder.clock.advance("4s");
          await watcher.clock.advance("4s");
        }
        expect(attempts).toEqual([1]);
        gate.open();
        await turn;
      },
    );
  }
});

describeOnEachStore("when a run began", (world) => {
  test("is when its first step did, though the write that said so was lost", async () => {
    const order = workflow("order", async () => {
      await note();
      await note();
    });
    const clock = { now: Date.parse("2030-01-01T00:00:00Z") };
    const lost = around(world.store, (name, call) =>
      name === "runs.patch" ? Promise.reject(new Error("lost")) : call(),
    );
    const engineOn = (store: typeof world.store): Engine =>
      createEngine({
        workflows: [order],
        store,
        logger: silent,
        replay,
        clock: { now: () => clock.now, after: () => () => {} },
        scheduler: { send: async () => {} },
      });
    const first = engineOn(lost);
    const { runId } = await first.start("order", undefined);
    world.watch(runId, [order]);
    await expect(first.turn({ runId })).rejects.toThrow("lost");
    clock.now += 3_600_000;
    const other = engineOn(world.store);
    await other.turn({ runId });
    await other.turn({ runId });
    const [started] = await eventsOf(other, runId, "step.started");
    const { startedAt, status } = await other.getRun(runId);
    expect({ status, startedAt }).toEqual({ status: "completed", startedAt: started?.at });
  });
});
