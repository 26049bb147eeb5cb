import { expect, test } from "vitest";
import { isCancellation, shield, sleep, step, TimeoutError, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";

const CLEANUP_SECONDS = 10;

const order = workflow("order", async (handling: "rethrow" | "swallow") => {
  try {
    await sleep("1h");
  } catch (error) {
    if (isCancellation(error)) {
      await shield(async () => {
        await step("release", async () => {})();
        await sleep(`${CLEANUP_SECONDS}s`);
      });
    }
    if (handling === "rethrow") throw error;
  }
  return "done";
});

describeOnEachStore("a cancel that waits", ({ createEngine }) => {
  test("answers with the final status, once clean-up is done", async () => {
    for (const [handling, status] of [
      ["rethrow", "cancelled"],
      ["swallow", "completed"],
    ] as const) {
      const engine = createEngine({ workflows: [order] });
      const { runId } = await engine.start(order, handling);
      await engine.settle();
      const answer = engine.cancel(runId, { wait: true });
      await engine.clock.advance("15s");
      expect(await answer).toEqual({ runId, outcome: "requested", status });
    }
  });

  test("answers at once for a run that never ran", async () => {
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order, "rethrow");
    expect(await engine.cancel(runId, { wait: true })).toEqual({
      runId,
      outcome: "requested",
      status: "cancelled",
    });
  });

  test("whose time runs out says so, and the request stays in force", async () => {
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order, "rethrow");
    await engine.settle();
    const answer = engine.cancel(runId, { wait: true, timeout: "3s" });
    const refused = expect(answer).rejects.toMatchObject({
      code: "timeout",
      message: expect.stringContaining("cancelling"),
    });
    await engine.clock.advance("5s");
    await refused;
    await expect(answer).rejects.toBeInstanceOf(TimeoutError);
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelling" });
    await engine.clock.advance("10s");
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { cleanup: { steps: 1, finished: true, durationMs: CLEANUP_SECONDS * 1000 } },
    });
  });

  test("that finds a request in force waits for that one", async () => {
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order, "rethrow");
    await engine.settle();
    await engine.cancel(runId, { reason: "first" });
    const answers = Promise.all([
      engine.cancel(runId, { wait: true, reason: "second" }),
      engine.cancel(runId, { wait: true, reason: "third" }),
    ]);
    await engine.clock.advance("15s");
    expect(await answers).toEqual([
      { runId, outcome: "already-requested", status: "cancelled" },
      { runId, outcome: "already-requested", status: "cancelled" },
    ]);
    expect((await engine.getRun(runId)).cancellation).toMatchObject({ reason: "first" });
  });

  test("is heard when another engine does the work", async () => {
    const engine = createEngine({ workflows: [order] });
    const worker = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order, "rethrow");
    await engine.settle();
    const answer = worker.cancel(runId, { wait: true, timeout: "20s" });
    await worker.clock.advance("15s");
    expect(await answer).toMatchObject({ status: "cancelled" });
  });
});

describeOnEachStore("many cancels at once", ({ createEngine }) => {
  test("are one request", async () => {
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order, "rethrow");
    await engine.settle();
    const answering = Promise.all(
      Array.from({ length: 10 }, (_, n) => engine.cancel(runId, { reason: `request ${n}` })),
    );
    await engine.clock.advance("20s");
    const answers = await answering;
    expect(answers.filter(({ outcome }) => outcome === "requested")).toHaveLength(1);
    const { events } = await engine.getEvents(runId);
    expect(events.filter(({ type }) => type === "cancellation.requested")).toHaveLength(1);
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
  });
});
