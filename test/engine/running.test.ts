import { expect, test } from "vitest";
import { step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { storyOf } from "./story.ts";

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
});
