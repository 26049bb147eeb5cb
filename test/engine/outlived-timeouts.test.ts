import { expect, test } from "vitest";
import {
  getContext,
  isCancellation,
  type StepOptions,
  shield,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";
import { keepLines } from "../logging/kept-lines.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { eventsOf, storyOf } from "./story.ts";

const BEGIN = Date.UTC(2030, 0, 1);
const at = (seconds: number): Date => new Date(BEGIN + seconds * 1000);

describeOnEachStore("a step whose code outlives its timeout", ({ createEngine }) => {
  /** An order whose charge takes so long in spite of its timeout, alone or as a task. */
  function shop(takes: string, options: StepOptions & { asTask?: boolean } = {}) {
    const { asTask = false, ...more } = options;
    const done: string[] = [];
    const charge = step(
      "charge",
      async () => {
        const { attempt } = getContext();
        done.push(`charge ${attempt} in`);
        await sleep(takes);
        done.push(`charge ${attempt} out`);
        return attempt;
      },
      { timeout: "1s", retries: 1, backoff: { initial: 0 }, ...more },
    );
    const refund = step("refund", async () => void done.push("refund"));
    const beside = step("beside", async () => {});
    const order = workflow("order", async () => {
      try {
        await Promise.all(asTask ? [charge(), beside()] : [charge()]);
        await sleep("1h");
      } catch (error) {
        if (isCancellation(error)) await shield(() => refund());
        throw error;
      }
    });
    return { order, done };
  }

  for (const asTask of [false, true]) {
    const where = asTask ? "as a task" : "in the log";

    test(`is not tried again beside itself (${where})`, async () => {
      const { order, done } = shop("4s", { asTask });
      const engine = createEngine({ workflows: [order] });
      const { runId } = await engine.start(order);
      await engine.clock.advance("20s");
      expect(done).toEqual(["charge 1 in", "charge 1 out", "charge 2 in", "charge 2 out"]);
      const [failed] = await eventsOf(engine, runId, "step.failed");
      expect(failed).toMatchObject({ attempt: 2, error: { code: "step.timeout" } });
      expect(failed).not.toHaveProperty("leftBehind");
      expect(await engine.getRun(runId)).toMatchObject({ status: "failed", endedAt: at(8) });
    });

    test(`is let finish before clean-up runs (${where})`, async () => {
      const { order, done } = shop("4s", { asTask });
      const engine = createEngine({ workflows: [order] });
      const { runId } = await engine.start(order);
      await engine.clock.advance("500ms");
      await engine.cancel(runId);
      await engine.clock.advance("20s");
      expect(done).toEqual(["charge 1 in", "charge 1 out", "refund"]);
      expect(await engine.getRun(runId)).toMatchObject({
        status: "cancelled",
        cancellation: { deliveredAt: at(4) },
      });
      const [cancelled] = await eventsOf(engine, runId, "step.cancelled");
      expect(cancelled).toMatchObject({ error: { code: "step.timeout" } });
      expect(cancelled).not.toHaveProperty("leftBehind");
    });

    test(`is left behind after 5 s, which the log tells (${where})`, async () => {
      const kept = keepLines();
      const { order, done } = shop("1h", { asTask });
      const engine = createEngine({ workflows: [order], logger: kept.logger });
      const { runId } = await engine.start(order);
      await engine.clock.advance("5900ms");
      await engine.cancel(runId);
      await engine.clock.advance("50ms");
      expect(done).toEqual(["charge 1 in"]);
      await engine.clock.advance("1s");
      expect(done).toEqual(["charge 1 in", "refund"]);
      expect(await eventsOf(engine, runId, "step.cancelled")).toMatchObject([
        { step: "charge", attempt: 1, leftBehind: true, error: { code: "step.timeout" } },
      ]);
      expect(kept.lines().filter(({ level }) => level === "warn")).toMatchObject([
        { message: expect.stringContaining("left behind"), runId, step: "charge", attempt: 1 },
      ]);
    });

    test(`is not taken over by another process meanwhile (${where})`, async () => {
      const { order, done } = shop("5900ms", { asTask, retries: 3 });
      const engine = createEngine({ workflows: [order] });
      const { runId } = await engine.start(order);
      await engine.clock.advance("5500ms");
      const other = createEngine({ workflows: [order], now: at(5.5) });
      await other.turn({ runId });
      await other.turn({ runId, task: 0 });
      await other.cancel(runId);
      await other.turn({ runId });
      expect(done).toEqual(["charge 1 in"]);
      await engine.clock.advance("10s");
      expect(done).toEqual(["charge 1 in", "charge 1 out", "refund"]);
    });
  }

  test("tells of every attempt that was left behind", async () => {
    const { order, done } = shop("1h", { retries: 2 });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("1m");
    expect(done).toEqual(["charge 1 in", "charge 2 in", "charge 3 in"]);
    expect(await eventsOf(engine, runId, "step.retrying")).toMatchObject([
      { attempt: 1, leftBehind: true },
      { attempt: 2, leftBehind: true },
    ]);
    expect(await eventsOf(engine, runId, "step.failed")).toMatchObject([
      { attempt: 3, leftBehind: true },
    ]);
    expect(await engine.getRun(runId)).toMatchObject({ endedAt: at(18) });
  });

  test("is waited for as long as the engine's option says", async () => {
    for (const [abandonAfter, seconds] of [
      ["20s", 21],
      [0, 1],
    ] as const) {
      const { order } = shop("1h", { retries: 0 });
      const engine = createEngine({ workflows: [order], abandonAfter });
      const { runId } = await engine.start(order);
      await engine.clock.advance("1m");
      expect(await engine.getRun(runId)).toMatchObject({ status: "failed", endedAt: at(seconds) });
    }
  });

  test.each([false, true])(
    "is waited for only as long as its function has time to record that (as a task: %s)",
    async (asTask) => {
      const kept = keepLines();
      const { order, done } = shop("1h", { asTask, retries: 0 });
      const engine = createEngine({ workflows: [order], logger: kept.logger });
      const { runId } = await engine.start(order);
      const end = engine.clock.now() + 5_000;
      const remainingMs = (): number => Math.max(0, end - engine.clock.now());
      if (asTask) await engine.turn({ runId }, { remainingMs });
      const turn = engine.turn({ runId, ...(asTask && { task: 0 }) }, { remainingMs });
      await engine.clock.advance("2999ms");
      expect(await eventsOf(engine, runId, "step.failed")).toEqual([]);
      await engine.clock.advance("1ms");
      await turn;
      expect(done).toEqual(["charge 1 in"]);
      expect(await eventsOf(engine, runId, "step.failed")).toMatchObject([
        { step: "charge", attempt: 1, leftBehind: true, at: at(3) },
      ]);
      expect(kept.lines().filter(({ level }) => level === "warn")).toMatchObject([
        { message: expect.stringContaining("left behind"), waitedMs: 2_000 },
      ]);
    },
  );

  test("holds nothing up when it ends as soon as its signal fires", async () => {
    const listen = step(
      "listen",
      () => {
        const { signal } = getContext();
        return new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        });
      },
      { timeout: "1s", retries: 0 },
    );
    const order = workflow("order", async () => listen());
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("10s");
    expect(await engine.getRun(runId)).toMatchObject({ status: "failed", endedAt: at(1) });
    const [failed] = await eventsOf(engine, runId, "step.failed");
    expect(failed).not.toHaveProperty("leftBehind");
  });

  test("does not keep a terminated run from its end", async () => {
    const gate = createGate();
    const hang = step("hang", () => gate.pass(), { timeout: "1s" });
    const order = workflow("order", async () => hang());
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("3s");
    await engine.terminate(runId);
    expect(await engine.getRun(runId)).toMatchObject({ status: "terminated", endedAt: at(3) });
    gate.open();
    await engine.clock.advance("10s");
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "step.started hang",
      "step.abandoned hang",
      "workflow.terminated",
    ]);
  });

  test("has its claim extended only when its timeout comes near", async () => {
    const { order } = shop("50s", { timeout: "1m", retries: 0 });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("2m");
    expect(await eventsOf(engine, runId, "step.renewed")).toEqual([]);
    const long = shop("62s", { timeout: "1m", retries: 0 });
    const other = createEngine({ workflows: [long.order] });
    const run = await other.start(long.order);
    await other.clock.advance("2m");
    expect(await eventsOf(other, run.runId, "step.renewed")).toMatchObject([
      { at: at(58), lease: at(65) },
    ]);
  });
});
