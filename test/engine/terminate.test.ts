import { expect, test } from "vitest";
import {
  getContext,
  InvalidInputError,
  RunEndedError,
  shield,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { storyOf } from "./story.ts";

describeOnEachStore("a terminate of a run that", ({ createEngine }) => {
  const nap = workflow("nap", async () => {
    try {
      await sleep("1h");
    } finally {
      await shield(step("never", async () => {}));
    }
  });

  test("is pending ends it at once", async () => {
    const engine = createEngine({ workflows: [nap] });
    const { runId } = await engine.start(nap);
    expect(await engine.terminate(runId, { reason: "stuck" })).toEqual({
      runId,
      outcome: "terminated",
      status: "terminated",
    });
    await engine.clock.advance("2h");
    const run = await engine.getRun(runId);
    expect(run).toMatchObject({
      status: "terminated",
      endedAt: new Date("2030-01-01T00:00:00Z"),
    });
    expect(run.termination).toEqual({ reason: "stuck", at: new Date("2030-01-01T00:00:00Z") });
    expect(run).not.toHaveProperty("startedAt");
    expect(run).not.toHaveProperty("cancellation");
    expect(await storyOf(engine, runId)).toEqual(["workflow.started", "workflow.terminated"]);
  });

  test("sleeps ends it without clean-up", async () => {
    const engine = createEngine({ workflows: [nap] });
    const { runId } = await engine.start(nap);
    await engine.settle();
    await engine.terminate(runId, { reason: "stuck" });
    await engine.clock.advance("2h");
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "sleep.started",
      "sleep.cancelled",
      "workflow.terminated",
    ]);
    const error = await engine.result(runId).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RunEndedError);
    expect(error).toMatchObject({ status: "terminated", reason: "stuck" });
  });

  test("executes a step abandons it, tells it by its signal and drops its result", async () => {
    const gate = createGate();
    let reason: unknown;
    const order = workflow("order", async () => {
      await step("charge", async () => {
        const { signal } = getContext();
        signal.addEventListener("abort", () => {
          reason = signal.reason;
        });
        await gate.pass();
        return "receipt";
      })();
      await step("ship", async () => {})();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.terminate(runId);
    await engine.clock.advance("5s");
    expect(reason).toMatchObject({ code: "run.cancelled" });
    gate.open();
    await engine.clock.advance("1h");
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "step.started charge",
      "step.abandoned charge",
      "workflow.terminated",
    ]);
  });

  test("has tasks stops those that have not begun", async () => {
    const ran: string[] = [];
    const order = workflow("order", async () => {
      await Promise.all(["a", "b"].map((name) => step(name, async () => void ran.push(name))()));
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.turn({ runId });
    await engine.terminate(runId);
    await engine.clock.advance("1h");
    expect(ran).toEqual([]);
    expect(await storyOf(engine, runId, { only: /abandoned|terminated/ })).toEqual([
      "step.abandoned a",
      "step.abandoned b",
      "workflow.terminated",
    ]);
  });

  test("waits for its next attempt makes no more", async () => {
    let attempts = 0;
    const order = workflow("order", async () => {
      await step("charge", async () => {
        attempts += 1;
        throw new Error("busy");
      })();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.terminate(runId);
    await engine.clock.advance("1h");
    expect(attempts).toBe(1);
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "step.started charge",
      "step.retrying charge",
      "step.cancelled charge",
      "workflow.terminated",
    ]);
  });

  test("cleans up ends that, and the record says that it did not finish", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      try {
        await sleep("1h");
      } finally {
        await shield(async () => {
          await step("release", async () => {})();
          await step("refund", () => gate.pass())();
        });
      }
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId, { reason: "enough" });
    await engine.clock.advance("5s");
    await engine.terminate(runId, { reason: "stuck" });
    expect(await engine.getRun(runId)).toMatchObject({
      status: "terminated",
      cancellation: {
        reason: "enough",
        checkpoint: "sleep",
        cleanup: { steps: 2, finished: false, durationMs: 5000 },
      },
    });
    gate.open();
    await engine.settle();
  });

  test("was asked to stop and has not heard of it yet was stopped: it is not too late", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      await step("charge", () => gate.pass())();
      await step("ship", async () => {})();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId, { reason: "changed my mind", requestedBy: "alice" });
    await engine.clock.advance("3s");
    await engine.terminate(runId, { reason: "on fire", requestedBy: "bob" });
    const { status, cancellation, termination } = await engine.getRun(runId);
    expect(status).toBe("terminated");
    expect(cancellation).toEqual({
      reason: "changed my mind",
      requestedBy: "alice",
      requestedAt: new Date("2030-01-01T00:00:00Z"),
    });
    expect(termination).toEqual({
      reason: "on fire",
      requestedBy: "bob",
      at: new Date("2030-01-01T00:00:03Z"),
    });
    gate.open();
    await engine.settle();
  });

  test("has ended changes nothing", async () => {
    const quick = workflow("quick", async () => "done");
    const engine = createEngine({ workflows: [quick] });
    const { runId } = await engine.start(quick);
    await engine.settle();
    const before = [await engine.getRun(runId), await engine.getEvents(runId)];
    expect(await engine.terminate(runId, { reason: "late" })).toEqual({
      runId,
      outcome: "already-ended",
      status: "completed",
    });
    expect([await engine.getRun(runId), await engine.getEvents(runId)]).toEqual(before);
  });

  test("is being terminated by many is terminated once", async () => {
    const engine = createEngine({ workflows: [nap] });
    const { runId } = await engine.start(nap);
    await engine.settle();
    const answering = Promise.all(Array.from({ length: 5 }, () => engine.terminate(runId)));
    await engine.clock.advance("10s");
    const outcomes = (await answering).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "terminated")).toHaveLength(1);
    expect(await storyOf(engine, runId, { only: /workflow.terminated/ })).toHaveLength(1);
  });

  test.each([{ reason: 5 }, { reason: "x".repeat(100_000) }])(
    "is refused with a bad reason",
    async (options) => {
      const engine = createEngine({ workflows: [nap] });
      const { runId } = await engine.start(nap);
      await expect(engine.terminate(runId, options as never)).rejects.toBeInstanceOf(
        InvalidInputError,
      );
      expect(await engine.getRun(runId)).toMatchObject({ status: "pending" });
    },
  );
});
