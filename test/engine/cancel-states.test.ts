import { expect, test } from "vitest";
import {
  CancellationError,
  InvalidInputError,
  isCancellation,
  RunNotFoundError,
  shield,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { eventsOf, storyOf } from "./story.ts";

const BEGIN = new Date("2030-01-01T00:00:00Z");
const REQUEST = { reason: "Customer cancelled order #12345", requestedBy: "alice" };

/** An order that notes what was done, whose `charge` waits at a gate. */
function createOrder() {
  const done: string[] = [];
  const gate = createGate();
  const note = (name: string) => step(name, async () => void done.push(name));
  const charge = step("charge", async () => {
    await gate.pass();
    done.push("charge");
    return "receipt";
  });
  const order = workflow("order", async () => {
    try {
      await note("reserve")();
      await charge();
      await sleep("1h");
      await note("ship")();
      return "completed";
    } catch (error) {
      if (isCancellation(error)) {
        await shield(async () => {
          await note("release")();
          await note("refund")();
        });
      }
      throw error;
    }
  });
  return { order, done, gate };
}

describeOnEachStore("a cancel of a run that", ({ createEngine }) => {
  test("is pending ends it right there, and no code of it ever runs", async () => {
    const { order, done } = createOrder();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    expect(await engine.cancel(runId, REQUEST)).toEqual({
      runId,
      outcome: "requested",
      status: "cancelled",
    });
    await engine.clock.advance("2h");
    expect(done).toEqual([]);
    const run = await engine.getRun(runId);
    expect(run).toMatchObject({
      status: "cancelled",
      endedAt: BEGIN,
      cancellation: { ...REQUEST, requestedAt: BEGIN },
    });
    expect(run).not.toHaveProperty("startedAt");
    expect(run.cancellation).not.toHaveProperty("tooLate");
    const log = await storyOf(engine, runId);
    expect(log[0]).toBe("workflow.started");
    expect(log.at(-1)).toBe("workflow.cancelled");
    await expect(engine.result(runId)).rejects.toMatchObject(REQUEST);
  });

  test("is to start later ends it right there", async () => {
    const { order, done } = createOrder();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order, undefined, { startAt: new Date("2030-01-05") });
    await engine.clock.advance("1h");
    expect(await engine.cancel(runId)).toMatchObject({ outcome: "requested", status: "cancelled" });
    await engine.clock.advance("10d");
    expect(done).toEqual([]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
  });

  test("executes a step lets it finish, starts nothing more and cleans up", async () => {
    const { order, done, gate } = createOrder();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.clock.advance("5s");
    expect(await engine.cancel(runId, REQUEST)).toEqual({
      runId,
      outcome: "requested",
      status: "cancelling",
    });
    await engine.settle();
    expect(done).toEqual(["reserve"]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelling" });

    gate.open();
    await engine.settle();
    expect(done).toEqual(["reserve", "charge", "release", "refund"]);
    const run = await engine.getRun(runId);
    expect(run).toMatchObject({
      status: "cancelled",
      error: { name: "CancellationError", code: "run.cancelled" },
      cancellation: {
        ...REQUEST,
        requestedAt: new Date("2030-01-01T00:00:05Z"),
        deliveredAt: new Date("2030-01-01T00:00:05Z"),
        checkpoint: "sleep",
        cleanup: { steps: 2, finished: true, durationMs: 0 },
      },
    });
    expect(run.cancellation).not.toHaveProperty("tooLate");
    expect(run.cancellation).not.toHaveProperty("swallowed");
    expect(await eventsOf(engine, runId, "step.completed")).toMatchObject([
      { step: "reserve" },
      { step: "charge", result: "receipt" },
      { step: "release", shielded: true },
      { step: "refund", shielded: true },
    ]);
    expect(await eventsOf(engine, runId, "cancellation.requested")).toMatchObject([
      { ...REQUEST, requestedAt: new Date("2030-01-01T00:00:05Z") },
    ]);
    const error = await engine.result(runId).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CancellationError);
    expect(error).toMatchObject({ ...REQUEST, requestedAt: new Date("2030-01-01T00:00:05Z") });
  });

  test("is between two steps starts no other one", async () => {
    const { order, done } = createOrder();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.turn({ runId });
    expect(done).toEqual(["reserve"]);
    await engine.cancel(runId, REQUEST);
    await engine.settle();
    expect(done).toEqual(["reserve", "release", "refund"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { checkpoint: "step charge" },
    });
    expect(await storyOf(engine, runId, { only: /charge/ })).toEqual([]);
  });

  test("sleeps wakes it to clean up at once", async () => {
    const { order, done, gate } = createOrder();
    gate.open();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("10m");
    await engine.cancel(runId, REQUEST);
    await engine.settle();
    expect(done).toEqual(["reserve", "charge", "release", "refund"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      endedAt: new Date("2030-01-01T00:10:00Z"),
      cancellation: { checkpoint: "sleep" },
    });
    expect(await eventsOf(engine, runId, "sleep.cancelled")).toHaveLength(1);
    await engine.clock.advance("2h");
    expect(await eventsOf(engine, runId, "sleep.completed")).toEqual([]);
  });

  test("cleans up already changes nothing, and says so", async () => {
    const cleaning = createGate();
    const cleaned: string[] = [];
    const order = workflow("order", async () => {
      try {
        await sleep("1h");
      } finally {
        await shield(async () => {
          await step("release", () => cleaning.pass())();
          await step("refund", async () => void cleaned.push("refund"))();
        });
      }
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId, REQUEST);
    await engine.settle();
    expect(cleaning.reached).toBe(1);
    expect(await engine.cancel(runId, { reason: "again", requestedBy: "bob" })).toEqual({
      runId,
      outcome: "already-requested",
      status: "cancelling",
    });
    await engine.settle();
    cleaning.open();
    await engine.settle();
    expect(cleaned).toEqual(["refund"]);
    expect(cleaning.reached).toBe(1);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { ...REQUEST, cleanup: { steps: 2, finished: true } },
    });
    expect(await eventsOf(engine, runId, "cancellation.requested")).toHaveLength(1);
    expect(await eventsOf(engine, runId, "cancellation.delivered")).toHaveLength(1);
  });

  test("is unknown is refused", async () => {
    const engine = createEngine({ workflows: [] });
    await expect(engine.cancel("nobody")).rejects.toBeInstanceOf(RunNotFoundError);
  });

  test("has ended changes nothing, and says how it ended", async () => {
    const complete = workflow("complete", async () => "done");
    const fail = workflow("fail", async () => Promise.reject(new Error("no")));
    const nap = workflow("nap", async () => sleep("1h"));
    const engine = createEngine({ workflows: [complete, fail, nap] });
    const ids = {
      completed: (await engine.start(complete)).runId,
      failed: (await engine.start(fail)).runId,
      cancelled: (await engine.start(nap)).runId,
      terminated: (await engine.start(nap)).runId,
    };
    await engine.cancel(ids.cancelled, REQUEST);
    await engine.terminate(ids.terminated);
    await engine.settle();
    for (const [status, runId] of Object.entries(ids)) {
      const before = [await engine.getRun(runId), await engine.getEvents(runId)];
      for (const options of [{}, { wait: true }, { reason: "late", gracePeriod: 1 }]) {
        expect(await engine.cancel(runId, options)).toEqual({
          runId,
          outcome: "already-ended",
          status,
        });
      }
      expect([await engine.getRun(runId), await engine.getEvents(runId)]).toEqual(before);
    }
  });
});

describeOnEachStore("a cancel", ({ createEngine }) => {
  test("needs neither a reason nor a name", async () => {
    const { order, gate } = createOrder();
    gate.open();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId, {
      reason: undefined,
      requestedBy: undefined,
      wait: undefined,
      timeout: undefined,
      gracePeriod: undefined,
    });
    await engine.settle();
    const { cancellation, status } = await engine.getRun(runId);
    expect(status).toBe("cancelled");
    expect(cancellation).not.toHaveProperty("reason");
    expect(cancellation).not.toHaveProperty("requestedBy");
    await expect(engine.result(runId)).rejects.toMatchObject({
      message: "The run was cancelled",
      reason: undefined,
      requestedBy: undefined,
    });
  });

  test.each<[string, object]>([
    ["reason", { reason: 5 }],
    ["reason", { reason: "x".repeat(100_000) }],
    ["requestedBy", { requestedBy: {} }],
    ["gracePeriod", { gracePeriod: "soon" }],
    ["gracePeriod", { gracePeriod: -1 }],
    ["timeout", { wait: true, timeout: Number.NaN }],
  ])("with a bad %s is refused whole", async (_, options) => {
    const { order, gate } = createOrder();
    gate.open();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await expect(engine.cancel(runId, options)).rejects.toBeInstanceOf(InvalidInputError);
    expect((await engine.getRun(runId)).cancellation).toBeUndefined();
  });

  test("by the handle of the run is the same", async () => {
    const { order, gate } = createOrder();
    gate.open();
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.cancel(REQUEST)).toMatchObject({ outcome: "requested" });
    await engine.settle();
    await expect(run.result()).rejects.toMatchObject(REQUEST);
  });

  test("by an engine that does not know the workflow is heard by one that does", async () => {
    const { order, done, gate } = createOrder();
    gate.open();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    const stranger = createEngine({ workflows: [] });
    expect(await stranger.cancel(runId, REQUEST)).toMatchObject({ status: "cancelling" });
    await engine.settle();
    expect(done).toContain("refund");
    expect(await stranger.getRun(runId)).toMatchObject({ status: "cancelled" });
  });
});
