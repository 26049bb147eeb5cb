import { expect, test } from "vitest";
import {
  CancellationError,
  isCancellation,
  shield,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { storyOf } from "./story.ts";

describeOnEachStore("a run that was cancelled", ({ createEngine }) => {
  /** Cancels a run in its sleep, and answers its record once it has ended. */
  async function cancelled(handle: (error: unknown) => unknown) {
    const order = workflow("order", async () => {
      try {
        await sleep("1h");
      } catch (error) {
        return await handle(error);
      }
      return "woke up";
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId, { reason: "enough" });
    await engine.clock.advance("1m");
    return { engine, runId, run: await engine.getRun(runId) };
  }

  test("and rethrows is cancelled", async () => {
    const { run } = await cancelled((error) => Promise.reject(error));
    expect(run).toMatchObject({
      status: "cancelled",
      error: { name: "CancellationError", message: "The run was cancelled: enough" },
    });
    expect(run.cancellation).not.toHaveProperty("swallowed");
  });

  test.each<[string, (error: unknown) => Error]>([
    ["as the cause of another error", (error) => new Error("stopped", { cause: error })],
    ["in an AggregateError", (error) => new AggregateError([new Error("other"), error])],
    [
      "as a cause in an AggregateError",
      (error) => new AggregateError([new Error("a", { cause: error })]),
    ],
  ])("and wraps the cancellation %s is cancelled", async (_, wrap) => {
    const { run, engine, runId } = await cancelled((error) => Promise.reject(wrap(error)));
    expect(run.status).toBe("cancelled");
    const error = await engine.result(runId).catch((thrown: unknown) => thrown);
    expect(isCancellation(error)).toBe(true);
  });

  test("and returns has completed, marked as swallowed", async () => {
    const { run, engine, runId } = await cancelled(() => "made the best of it");
    expect(run).toMatchObject({
      status: "completed",
      output: "made the best of it",
      cancellation: {
        reason: "enough",
        swallowed: true,
        checkpoint: "sleep",
        cleanup: { steps: 0, finished: true },
      },
    });
    expect(run.cancellation).not.toHaveProperty("tooLate");
    expect(await engine.result(runId)).toBe("made the best of it");
  });

  test("and throws something else has failed", async () => {
    const { run, engine, runId } = await cancelled(() => {
      throw new TypeError("clean-up is broken");
    });
    expect(run).toMatchObject({
      status: "failed",
      error: { name: "TypeError", message: "clean-up is broken" },
      cancellation: { reason: "enough", cleanup: { steps: 0, finished: false } },
    });
    await expect(engine.result(runId)).rejects.toMatchObject({ message: "clean-up is broken" });
  });

  test("and whose clean-up step fails for good has failed", async () => {
    const { run } = await cancelled(async (error) => {
      await shield(step("release", async () => {}));
      await shield(
        step("refund", async () => Promise.reject(new Error("bank closed")), { retries: 0 }),
      );
      throw error;
    });
    expect(run).toMatchObject({
      status: "failed",
      error: { code: "step.failed", cause: { message: "bank closed" } },
      cancellation: { cleanup: { steps: 2, finished: false } },
    });
  });

  test("and throws undefined, or a text, has failed", async () => {
    for (const thrown of [undefined, "text"]) {
      const { run } = await cancelled(() => Promise.reject(thrown));
      expect(run).toMatchObject({ status: "failed", error: { code: "step.threwNonError" } });
    }
  });

  test("while nothing followed its last step has ended as it would have: too late", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      return await step("ship", async () => {
        await gate.pass();
        return "shipped";
      })();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    expect(await engine.cancel(runId, { reason: "enough" })).toMatchObject({
      outcome: "requested",
      status: "cancelling",
    });
    gate.open();
    await engine.settle();
    const run = await engine.getRun(runId);
    expect(run).toMatchObject({
      status: "completed",
      output: "shipped",
      cancellation: { reason: "enough", tooLate: true },
    });
    expect(run.cancellation).not.toHaveProperty("deliveredAt");
    expect(run.cancellation).not.toHaveProperty("checkpoint");
    expect(run.cancellation).not.toHaveProperty("cleanup");
    expect(run.cancellation).not.toHaveProperty("swallowed");
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "step.started ship",
      "cancellation.requested",
      "step.completed ship",
      "workflow.completed",
    ]);
  });

  test("while nothing unshielded followed is too late as well, and fails as it would have", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      await step("ship", () => gate.pass())();
      await shield(step("notify", async () => {}));
      throw new Error("no stock");
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    gate.open();
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({
      status: "failed",
      error: { message: "no stock" },
      cancellation: { tooLate: true },
    });
  });

  test("is not too late when the cancellation was delivered, whatever the code made of it", async () => {
    const { run } = await cancelled(() => "swallowed");
    expect(run.cancellation).not.toHaveProperty("tooLate");
  });
});

describeOnEachStore("a CancellationError that nobody asked for", ({ createEngine }) => {
  test("fails the run like any error", async () => {
    const order = workflow("order", async () => {
      throw new CancellationError({ reason: "made up" });
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({
      status: "failed",
      error: { code: "run.cancelled" },
    });
  });

  test("fails a step that throws it, without retries", async () => {
    let attempts = 0;
    const order = workflow("order", async () =>
      step("charge", async () => {
        attempts += 1;
        throw new CancellationError();
      })().catch((error: unknown) => error),
    );
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.clock.advance("1h");
    expect(attempts).toBe(1);
    expect(await run.result()).toMatchObject({ code: "step.failed", attempts: 1 });
  });
});
