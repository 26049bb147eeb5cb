import { describe, expect, it } from "vitest";
import { createTestEngine } from "../../src/testing/index.ts";
import { expectRecorded, stepsOf } from "../recorded.ts";
import { fulfilment, invoice, shipment } from "./fulfilment.ts";

const log = (name: string) => new URL(`logs/${name}.json`, import.meta.url);

async function begin() {
  const engine = createTestEngine({ workflows: [fulfilment, shipment, invoice] });
  const { runId } = await engine.start(fulfilment, { orderId: "7" }, { runId: "order-7" });
  return { engine, runId };
}

type Begun = Awaited<ReturnType<typeof begin>>;

/** How its invoice and its shipment stand, as far as they are born. */
async function childrenOf({ engine, runId }: Begun) {
  const { runs } = await engine.children(runId);
  const [invoiceRun, shipmentRun] = runs;
  return { invoiceRun, shipmentRun };
}

const cancel = { reason: "Customer changed her mind", requestedBy: "alice" };

describe("an order with its shipment as a child", () => {
  it("is shipped, and invoiced by a run that goes on after it", async () => {
    const begun = await begin();
    const { engine, runId } = begun;
    await engine.clock.advance("25h");
    expect(await engine.result(runId)).toMatchObject({ status: "shipped" });
    const { invoiceRun, shipmentRun } = await childrenOf(begun);
    expect(shipmentRun).toMatchObject({ status: "completed", tags: ["7"] });
    expect(invoiceRun?.status).toBe("suspended");
    await engine.clock.advance("2d");
    expect(await engine.result(invoiceRun?.runId ?? "")).toBeUndefined();
    await expectRecorded(engine, { runId, workflow: fulfilment }, log("shipped"));
  });

  it("that is cancelled while it is charged is refunded, and ships and invoices nothing", async () => {
    const begun = await begin();
    const { engine, runId } = begun;
    await engine.clock.advance("400ms");
    await engine.cancel(runId, cancel);
    await engine.clock.advance("10s");
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
    expect(await childrenOf(begun)).toEqual({});
    await expectRecorded(engine, { runId, workflow: fulfilment }, log("cancelled-charging"));
  });

  it("that is cancelled while the parcel waits is unpacked first, and refunded then", async () => {
    const begun = await begin();
    const { engine, runId } = begun;
    await engine.clock.advance("1h");
    await engine.cancel(runId, cancel);
    await engine.clock.advance("10s");
    const { invoiceRun, shipmentRun } = await childrenOf(begun);
    expect(shipmentRun).toMatchObject({ status: "cancelled", cancellation: cancel });
    const shipmentId = shipmentRun?.runId ?? "";
    expect(await stepsOf(engine, shipmentId)).toEqual(["pack", "unpack"]);
    expect(await stepsOf(engine, runId)).toEqual(["charge", "refund"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { children: { asked: 1, ended: 1 } },
    });
    // It was left to itself, and is not asked.
    expect(invoiceRun?.status).toBe("suspended");
    await expectRecorded(engine, { runId, workflow: fulfilment }, log("cancelled-waiting"));
    const ofShipment = { runId: shipmentId, workflow: shipment };
    await expectRecorded(engine, ofShipment, log("cancelled-shipment"));
  });

  it("whose shipment somebody stops is refunded, and goes on to its end", async () => {
    const begun = await begin();
    const { engine, runId } = begun;
    await engine.clock.advance("1h");
    const { shipmentRun } = await childrenOf(begun);
    await engine.terminate(shipmentRun?.runId ?? "", { reason: "The depot has burnt down" });
    await engine.clock.advance("10s");
    expect(await engine.result(runId)).toMatchObject({
      status: "not shipped",
      because: "terminated",
    });
    expect(await stepsOf(engine, runId)).toEqual(["charge", "refund"]);
    await expectRecorded(engine, { runId, workflow: fulfilment }, log("not-shipped"));
  });
});
