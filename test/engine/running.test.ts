import { expect, test } from "vitest";
import { FatalError, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { eventsOf, storyOf } from "./story.ts";

describeOnEachStore("a run", ({ createEngine }) => {
  test("goes through its steps one by one and completes with what the workflow returned", async () => {
    const order = workflow("order", async (orderId: string) => {
      const place = await step("reserve", async () => `shelf of ${orderId}`)();
      await step("ship", async () => {})();
      return { place };
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order, "7");
    await engine.settle();
    expect(await engine.result(runId)).toEqual({ place: "shelf of 7" });
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "step.started reserve",
      "step.completed reserve",
      "step.started ship",
      "step.completed ship",
      "workflow.completed",
    ]);
  });

  test("needs no steps", async () => {
    const sum = workflow("sum", (numbers: number[]) => numbers.reduce((a, b) => a + b, 0));
    const engine = createEngine({ workflows: [sum] });
    const run = await engine.start(sum, [1, 2, 3]);
    await engine.settle();
    expect(await run.result()).toBe(6);
    expect(await storyOf(engine, run.runId)).toEqual(["workflow.started", "workflow.completed"]);
  });

  test("is pending, running, suspended and completed, as its record says", async () => {
    const gate = createGate();
    const order = workflow("order", async (input: { id: number }) => {
      await step("charge", () => gate.pass())();
      await sleep("1h");
      return input.id;
    });
    const engine = createEngine({ workflows: [order] });
    const created = new Date("2030-01-01T00:00:00Z");
    const run = await engine.start(order, { id: 7 }, { tags: ["blue"] });
    expect(run).toMatchObject({ runId: expect.any(String), status: "pending", existing: false });
    const pending = await engine.getRun(run.runId);
    expect(pending).toEqual({
      runId: run.runId,
      generation: 1,
      workflow: "order",
      version: "1",
      status: "pending",
      input: { id: 7 },
      createdAt: created,
      tags: ["blue"],
      eventLimit: 50_000,
      waitingFor: "its next turn",
    });

    await engine.settle();
    expect(gate.reached).toBe(1);
    await engine.clock.advance("3s");
    expect(await engine.getRun(run.runId)).toEqual({
      ...pending,
      status: "running",
      startedAt: created,
      waitingFor: 'step "charge", attempt 1 since 2030-01-01T00:00:00Z',
    });

    gate.open();
    await engine.settle();
    expect(await engine.getRun(run.runId)).toEqual({
      ...pending,
      status: "suspended",
      startedAt: created,
      waitingFor: "a sleep since 2030-01-01T00:00:03Z until 2030-01-01T01:00:03Z",
    });

    await engine.clock.advance("1h");
    const { waitingFor: _, eventLimit: __, ...record } = pending;
    expect(await engine.getRun(run.runId)).toEqual({
      ...record,
      status: "completed",
      startedAt: created,
      endedAt: new Date("2030-01-01T01:00:03Z"),
      output: 7,
    });
  });

  test("fails with what the workflow threw", async () => {
    const order = workflow("order", async () => {
      await step("charge", async () => {})();
      throw Object.assign(new TypeError("no such order", { cause: new Error("typo") }), { id: 7n });
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await expect(engine.result(runId)).rejects.toMatchObject({
      name: "TypeError",
      message: "no such order",
      id: 7n,
      cause: { message: "typo" },
    });
    expect(await engine.getRun(runId)).toMatchObject({
      status: "failed",
      error: { name: "TypeError", message: "no such order", cause: { message: "typo" } },
    });
    expect(await eventsOf(engine, runId, "workflow.failed")).toMatchObject([
      { error: { message: "no such order", id: 7n } },
    ]);
  });

  test("fails when the workflow throws before its first step, or is no async function", async () => {
    const early = workflow("early", () => {
      throw new FatalError("no");
    });
    const engine = createEngine({ workflows: [early] });
    const { runId } = await engine.start(early);
    await engine.settle();
    await expect(engine.result(runId)).rejects.toBeInstanceOf(FatalError);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "failed",
      error: { name: "FatalError", code: "step.fatal", message: "no" },
    });
  });

  test.each([undefined, null, "no stock", 7, { why: "no stock" }])(
    "fails with a typed error when the workflow throws %j, which is no Error",
    async (thrown) => {
      const order = workflow("order", async () => {
        throw thrown;
      });
      const engine = createEngine({ workflows: [order] });
      const { runId } = await engine.start(order);
      await engine.settle();
      await expect(engine.result(runId)).rejects.toMatchObject({
        code: "step.threwNonError",
        thrown,
        message: expect.stringContaining('Workflow "order" threw'),
      });
    },
  );

  test("completes without the steps and sleeps that nobody awaits", async () => {
    const order = workflow("order", async () => {
      void step("forgotten", async () => {})();
      void sleep("1h");
      return "done";
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toBe("done");
  });

  test("sends each of its steps to an invocation of its own", async () => {
    const invocations: number[] = [];
    let turns = 0;
    const note = step("note", async () => void invocations.push(turns));
    const order = workflow("order", async () => {
      for (let i = 0; i < 5; i++) await note();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    for (; turns < 5; turns++) await engine.turn({ runId });
    expect(invocations).toEqual([0, 1, 2, 3, 4]);
  });
});
