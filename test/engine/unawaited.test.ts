import { expect, test } from "vitest";
import { shield, sleep, step, workflow } from "../../src/index.ts";
import { keepLines } from "../logging/kept-lines.ts";
import { describeOnEachStore } from "./each-store.ts";
import { eventsOf, storyOf } from "./story.ts";

describeOnEachStore("what a workflow calls without awaiting it", ({ createEngine }) => {
  const ran: string[] = [];
  const notify = step("notify", async () => void ran.push("notify"));
  const charge = step("charge", async () => void ran.push("charge"));

  test("right before it returns never begins: that is recorded, and its author is told once", async () => {
    ran.length = 0;
    const kept = keepLines();
    const order = workflow("order", async () => {
      await charge();
      void notify();
      void notify();
      void sleep("1h");
      return "done";
    });
    const engine = createEngine({ workflows: [order], logger: kept.logger });
    const run = await engine.start(order);
    await engine.clock.advance("2h");
    expect(await run.result()).toBe("done");
    expect(ran).toEqual(["charge"]);
    expect(await storyOf(engine, run.runId)).toEqual([
      "workflow.started",
      "step.started charge",
      "step.completed charge",
      "step.abandoned notify",
      "step.abandoned notify",
      "sleep.cancelled",
      "workflow.completed",
    ]);
    expect(await eventsOf(engine, run.runId, "step.abandoned")).toMatchObject([
      { command: 1, attempt: 0, shielded: false },
      { command: 2, attempt: 0, shielded: false },
    ]);
    expect(await eventsOf(engine, run.runId, "sleep.cancelled")).toMatchObject([
      { command: 3, begun: false },
    ]);
    // A second look at the run, by this process and by another, tells nothing.
    await engine.turn({ runId: run.runId });
    await createEngine({ workflows: [order], logger: kept.logger }).turn({ runId: run.runId });
    const warned = kept.lines().filter(({ level }) => level === "warn");
    expect(warned).toMatchObject([
      { message: expect.stringContaining("without being awaited"), runId: run.runId, times: 2 },
      { message: expect.stringMatching(/^A sleep/), runId: run.runId, times: 1 },
    ]);
    expect(warned[0]).toMatchObject({ step: "notify", workflow: "order" });
  });

  test.each<[string, () => Promise<unknown>]>([
    [
      "before it throws",
      async () => {
        void notify();
        throw new Error("no");
      },
    ],
    ["in a shield that ends at once", () => shield(async () => void notify())],
    [
      "although a request came meanwhile",
      async () => {
        await step("long", () => sleep("1m"))();
        void notify();
      },
    ],
  ])("%s is recorded as well", async (_, code) => {
    ran.length = 0;
    const order = workflow("order", code);
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.clock.advance("2m");
    expect(ran).toEqual([]);
    const [abandoned] = await eventsOf(engine, runId, "step.abandoned");
    expect(abandoned).toMatchObject({ step: "notify", attempt: 0 });
    expect((await engine.getRun(runId)).cancellation?.cleanup?.steps).toBeUndefined();
  });

  test("and that has begun is abandoned like the loser of a race, without a warning", async () => {
    const kept = keepLines();
    const slow = step("slow", () => sleep("1m"));
    const order = workflow("order", async () => {
      void slow();
      await charge();
    });
    const engine = createEngine({ workflows: [order], logger: kept.logger });
    const { runId } = await engine.start(order);
    await engine.clock.advance("2m");
    expect(await eventsOf(engine, runId, "step.abandoned")).toMatchObject([
      { step: "slow", attempt: 1 },
    ]);
    expect(kept.lines().filter(({ level }) => level === "warn")).toEqual([]);
  });

  test("is no clean-up, also in a shield of a handler", async () => {
    const order = workflow("order", async () => {
      try {
        await sleep("1h");
      } catch {
        await shield(async () => {
          await charge();
          void notify();
        });
      }
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    expect((await engine.getRun(runId)).cancellation).toMatchObject({ cleanup: { steps: 1 } });
    expect(await storyOf(engine, runId, { only: /notify/ })).toEqual(["step.abandoned notify"]);
  });

  test("by the thousand ends the run all the same", async () => {
    const order = workflow("order", async () => {
      for (let n = 0; n < 3_000; n += 1) void notify();
      return "done";
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toBe("done");
  });
});
