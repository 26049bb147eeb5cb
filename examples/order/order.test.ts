import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { fieldsOf } from "../../src/engine/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { order } from "./order.ts";

/** The recorded log, without what differs from run to run. */
const recorded: unknown[] = JSON.parse(
  await readFile(new URL("order.log.json", import.meta.url), "utf8"),
);

describe("an order", () => {
  it("is reserved, charged and shipped", async () => {
    const engine = createTestEngine({ workflows: [order] });
    const run = await engine.start(order, { orderId: "1" });
    await engine.clock.advance("10s");
    expect(await run.result()).toEqual({ orderId: "1", status: "shipped" });
    await engine.checkInvariants(run.runId);
  });

  it("that is cancelled while it is charged is released and refunded, and not shipped", async () => {
    const engine = createTestEngine({ workflows: [order] });
    const { runId } = await engine.start(order, { orderId: "2" });
    await engine.clock.advance("400ms");
    await engine.cancel(runId, { reason: "Customer cancelled order #2", requestedBy: "alice" });
    await engine.clock.advance("10s");

    const { events } = await engine.getEvents(runId);
    const log = events
      .map(fieldsOf)
      .map(({ type, step, shielded, checkpoint, reason }) =>
        JSON.parse(JSON.stringify({ type, step, shielded, checkpoint, reason })),
      );
    expect(log).toEqual(recorded);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { checkpoint: "step ship", cleanup: { steps: 2, finished: true } },
    });
    await engine.checkInvariants(runId);
  });

  it("without an id is refused before anything is written", async () => {
    const engine = createTestEngine({ workflows: [order] });
    await expect(engine.start(order, { orderId: "" })).rejects.toMatchObject({
      code: "input.invalid",
    });
    expect((await engine.listRuns()).runs).toEqual([]);
  });
});
