import { describe, expect, it } from "vitest";
import { sleep, step, workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";

const charge = step("charge", async () => "charged");
const order = workflow("order", async () => {
  await charge();
  await sleep("1h");
});

async function sleepingOrder() {
  const engine = createTestEngine({ workflows: [order] });
  const { runId } = await engine.start(order);
  await engine.settle();
  return { engine, runId };
}

describe("engine.checkInvariants", () => {
  it("finds nothing in a good log", async () => {
    const { engine, runId } = await sleepingOrder();
    await expect(engine.checkInvariants(runId)).resolves.toBeUndefined();
  });

  it("names the promise that an entry breaks", async () => {
    const { engine, runId } = await sleepingOrder();
    const at = engine.clock.now();
    const head = await engine.store.runs.get(runId, at);
    if (!head) throw new Error("the run is gone");
    const { length } = await engine.store.log.read(head, { from: 1 });
    const started = { command: 9, step: "charge", attempt: 4, shielded: false };
    await engine.store.log.append(head, {
      position: length + 1,
      id: "other",
      at,
      events: [{ type: "step.started", ...started, claim: "c", lease: at + 1 }],
    });
    await expect(engine.checkInvariants(runId)).rejects.toThrow("L13: attempts count up by one");
  });

  it("finds code that does not fit the log", async () => {
    const { engine, runId } = await sleepingOrder();
    const changed = workflow("order", async () => {
      await sleep("1h");
      await charge();
    });
    const other = createTestEngine({ workflows: [changed], store: engine.store });
    await expect(other.checkInvariants(runId)).rejects.toThrow("cannot be replayed");
  });

  it("knows of no run that is not there", async () => {
    const engine = createTestEngine({ workflows: [order] });
    await expect(engine.checkInvariants("run_none")).rejects.toMatchObject({
      code: "run.notFound",
    });
  });
});
