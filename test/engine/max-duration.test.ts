import { expect, test } from "vitest";
import {
  InvalidInputError,
  isCancellation,
  shield,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { createHandHeld } from "./hand-held.ts";

describeOnEachStore("a run that takes longer than its maxDuration", (world) => {
  const { createEngine } = world;

  test("is cancelled gracefully", async () => {
    const cleaned: string[] = [];
    const order = workflow(
      "order",
      async () => {
        try {
          await sleep("5h");
        } catch (error) {
          if (isCancellation(error)) {
            await shield(step("release", async () => void cleaned.push("release")));
          }
          throw error;
        }
      },
      { maxDuration: "1h" },
    );
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("59m 59s");
    expect(await engine.getRun(runId)).toMatchObject({ status: "suspended" });
    await engine.clock.advance("1s");
    expect(cleaned).toEqual(["release"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      endedAt: new Date("2030-01-01T01:00:00Z"),
      cancellation: {
        reason: expect.stringContaining("maxDuration"),
        requestedAt: new Date("2030-01-01T01:00:00Z"),
        cleanup: { steps: 1, finished: true },
      },
    });
  });

  test("while a step executes lets that one finish", async () => {
    const gate = createGate();
    const order = workflow(
      "order",
      async () => {
        await step("charge", () => gate.pass())();
        await step("ship", async () => {})();
      },
      { maxDuration: "10s" },
    );
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("1m");
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelling" });
    gate.open();
    await engine.clock.advance("1m");
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { checkpoint: "step ship" },
    });
  });

  test("counts from when it was to start", async () => {
    const order = workflow("order", async () => sleep("5h"), { maxDuration: "1h" });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order, undefined, {
      startAt: new Date("2030-01-02T00:00:00Z"),
    });
    await engine.clock.advance("24h 59m");
    expect(await engine.getRun(runId)).toMatchObject({ status: "suspended" });
    await engine.clock.advance("1m");
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
  });

  test("starts no task any more, in whatever process", async () => {
    const done: string[] = [];
    const order = workflow(
      "order",
      async () => {
        const work = (name: string) => step(name, async () => void done.push(name))();
        await Promise.all([work("a"), work("b")]);
      },
      { maxDuration: "10s" },
    );
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    const unaware = held.another();
    await held.engine.turn({ runId });
    await unaware.turn({ runId });
    held.clock.now += 10_000;
    await held.engine.turn({ runId, task: 0 });
    expect((await held.engine.getRun(runId)).status).toBe("cancelling");
    await unaware.turn({ runId, task: 1 });
    expect(done).toEqual(["a"]);
    expect((await held.engine.getRun(runId)).status).toBe("cancelled");
  });

  test("is left alone when it is quick enough", async () => {
    const order = workflow("order", async () => sleep("30m"), { maxDuration: "1h" });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("2h");
    expect(await engine.getRun(runId)).toMatchObject({ status: "completed" });
    expect((await engine.getRun(runId)).cancellation).toBeUndefined();
  });
});

test.each([-1, "soon", Number.NaN])("a maxDuration of %s is refused", (maxDuration) => {
  expect(() => workflow("order", async () => {}, { maxDuration })).toThrow(InvalidInputError);
});
