import { expect, test } from "vitest";
import { ChildFailedError, child, isCancellation, step, workflow } from "../../../src/index.ts";
import { describeOnEachStore } from "../each-store.ts";
import { storyOf } from "../story.ts";

const shipment = workflow("shipment", async (orderId: string) => {
  await step("pack", () => {})();
  if (orderId === "lost") throw new Error("the parcel is lost");
  if (orderId === "long") return "x".repeat(10_000);
  return `parcel for ${orderId}`;
});
const order = workflow("order", async (orderId: string) => {
  const parcel = await child(shipment, orderId);
  return await parcel.result();
});

describeOnEachStore("the end of a child", ({ createEngine }) => {
  test("is told to its parent, which waited for it", async () => {
    const engine = createEngine({ workflows: [order, shipment] });
    const run = await engine.start(order, "7");
    expect(await run.result()).toBe("parcel for 7");
    expect(await storyOf(engine, run.runId)).toEqual([
      "workflow.started",
      "child.started",
      "child.completed",
      "workflow.completed",
    ]);
  });

  test("brings an output of any size", async () => {
    const engine = createEngine({ workflows: [order, shipment] });
    const run = await engine.start(order, "long");
    expect(await run.result()).toHaveLength(10_000);
  });

  test("that failed rejects what waits for it, with its error as the cause", async () => {
    const seen: unknown[] = [];
    const careful = workflow("careful", async () => {
      const parcel = await child(shipment, "lost");
      try {
        return await parcel.result();
      } catch (error) {
        seen.push(error);
        expect(isCancellation(error)).toBe(false);
        return "sorry";
      }
    });
    const engine = createEngine({ workflows: [careful, shipment] });
    const run = await engine.start(careful);
    expect(await run.result()).toBe("sorry");
    const [error] = seen as ChildFailedError[];
    expect(error).toBeInstanceOf(ChildFailedError);
    expect(error).toMatchObject({ status: "failed", cause: { message: "the parcel is lost" } });
  });
});
