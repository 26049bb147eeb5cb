/** However many entry points or copies of the package are loaded, they are one. */
import { describe, expect, test, vi } from "vitest";
import { CancellationError, FatalError, isCancellation, StepFailedError } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { silent } from "../silent.ts";

/** Another copy, as when a library brings its own. */
async function anotherCopy(): Promise<typeof import("../../src/index.ts")> {
  vi.resetModules();
  const copy = await import("../../src/index.ts");
  expect(copy.FatalError).not.toBe(FatalError);
  return copy;
}

describe("a workflow that was written with another copy of the package", () => {
  test("runs, with its steps, sleeps, shields and context", async () => {
    const copy = await anotherCopy();
    const order = copy.workflow("order", async () => {
      const result = await copy.step("charge", async () => copy.getContext().step)();
      await copy.sleep("1h");
      await copy.shield(copy.step("ship", async () => {}));
      return [copy.getContext().workflow, result];
    });
    const engine = createTestEngine({ workflows: [order], logger: silent });
    const run = await engine.start(order);
    await engine.clock.advance("1h");
    expect(await run.result()).toEqual(["order", "charge"]);
    const { events } = await engine.getEvents(run.runId);
    expect(events.filter(({ type }) => type === "step.started")).toMatchObject([
      { step: "charge", shielded: false },
      { step: "ship", shielded: true },
    ]);
  });

  test("has its errors understood, and understands the engine's", async () => {
    const copy = await anotherCopy();
    let attempts = 0;
    const seen: unknown[] = [];
    const order = copy.workflow("order", async () => {
      await copy
        .step("charge", async () => {
          attempts += 1;
          throw new copy.FatalError("no card");
        })()
        .catch((error: unknown) => {
          seen.push(error instanceof copy.StepFailedError, error instanceof StepFailedError);
        });
      try {
        await copy.sleep("1h");
      } catch (error) {
        seen.push(copy.isCancellation(error), isCancellation(error));
        seen.push(error instanceof copy.CancellationError, error instanceof CancellationError);
        throw error;
      }
    });
    const engine = createTestEngine({ workflows: [order], logger: silent });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    expect(attempts).toBe(1);
    expect(seen).toEqual([true, true, true, true, true, true]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
    await expect(engine.result(runId)).rejects.toBeInstanceOf(copy.CancellationError);
  });
});
