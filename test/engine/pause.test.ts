import { expect, test } from "vitest";
import {
  getContext,
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
const REQUEST = { reason: "The carrier is down", requestedBy: "alice" };

/** An order that notes what was done, whose `charge` waits at a gate. */
function createOrder(options: { maxDuration?: string } = {}) {
  const done: string[] = [];
  const gate = createGate();
  const note = (name: string) => step(name, async () => void done.push(name));
  const charge = step("charge", async () => {
    await gate.pass();
    done.push("charge");
  });
  const order = workflow(
    "order",
    async () => {
      try {
        await note("reserve")();
        await charge();
        await sleep("1h");
        await note("ship")();
        return "completed";
      } catch (error) {
        if (isCancellation(error)) await shield(() => note("refund")());
        throw error;
      }
    },
    options,
  );
  return { order, done, gate };
}

describeOnEachStore("a pause of a run that", ({ createEngine }) => {
  test("executes a step lets it finish, and begins nothing after it until it is resumed", async () => {
    const { order, done, gate } = createOrder();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    const settled = engine.settle();
    await expect.poll(() => gate.reached).toBe(1);
    expect(await engine.pause(runId, REQUEST)).toEqual({
      runId,
      outcome: "paused",
      status: "paused",
    });
    gate.open();
    await settled;
    await engine.clock.advance("10h");
    expect(done).toEqual(["reserve", "charge"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "paused",
      pause: { ...REQUEST, at: BEGIN },
      waitingFor: "its resume, as it is paused since 2030-01-01T00:00:00Z",
    });
    expect(await engine.resume(runId, { requestedBy: "bob" })).toEqual({
      runId,
      outcome: "resumed",
      status: "running",
    });
    await engine.settle();
    expect(await engine.getRun(runId)).not.toHaveProperty("pause");
    expect(await engine.getRun(runId)).toMatchObject({ status: "suspended" });
    await engine.clock.advance("1h");
    expect(await engine.result(runId)).toBe("completed");
    expect(done).toEqual(["reserve", "charge", "ship"]);
    const [resumed] = await eventsOf(engine, runId, "run.resumed");
    expect(resumed).toMatchObject({ requestedBy: "bob" });
    const [paused] = await eventsOf(engine, runId, "run.paused");
    expect(paused).toMatchObject(REQUEST);
  });

  test("sleeps lets the time go on: a sleep that is over by then ends with the resume", async () => {
    const { order, done, gate } = createOrder();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    gate.open();
    await engine.settle();
    await engine.clock.advance("30m");
    await engine.pause(runId);
    await engine.clock.advance("45m");
    expect(await storyOf(engine, runId, { only: /sleep/ })).toEqual(["sleep.started"]);
    await engine.resume(runId);
    await engine.settle();
    expect(done).toEqual(["reserve", "charge", "ship"]);
    expect(await engine.result(runId)).toBe("completed");
  });

  test("sleeps keeps what is left of it", async () => {
    const { order, done, gate } = createOrder();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    gate.open();
    await engine.clock.advance("10m");
    await engine.pause(runId);
    await engine.clock.advance("10m");
    await engine.resume(runId);
    await engine.clock.advance("39m");
    expect(done).not.toContain("ship");
    await engine.clock.advance("1m");
    expect(await engine.result(runId)).toBe("completed");
  });

  test("is pending keeps its code from running, and leaves it as pending as it was", async () => {
    const { order, done } = createOrder();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    expect(await engine.pause(runId, REQUEST)).toMatchObject({ outcome: "paused" });
    await engine.clock.advance("10h");
    expect(done).toEqual([]);
    const run = await engine.getRun(runId);
    expect(run).toMatchObject({ status: "paused", pause: REQUEST });
    expect(run).not.toHaveProperty("startedAt");
    expect(await engine.resume(runId)).toMatchObject({ outcome: "resumed", status: "pending" });
    await engine.settle();
    expect(done).toEqual(["reserve"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "running",
      startedAt: new Date("2030-01-01T10:00:00Z"),
    });
  });

  test("is pending keeps code from running that has no checkpoint at all", async () => {
    const plain = workflow("plain", async () => "done");
    const engine = createEngine({ workflows: [plain] });
    const { runId } = await engine.start(plain);
    await engine.pause(runId);
    await engine.clock.advance("10h");
    expect((await engine.getRun(runId)).status).toBe("paused");
    await engine.resume(runId);
    expect(await engine.result(runId)).toBe("done");
  });

  test("is to start later starts at its time, or when it is resumed after that", async () => {
    const { order, done, gate } = createOrder();
    gate.open();
    const engine = createEngine({ workflows: [order] });
    const startAt = new Date("2030-01-02");
    const early = await engine.start(order, undefined, { startAt });
    const late = await engine.start(order, undefined, { startAt });
    await engine.settle();
    for (const { runId } of [early, late]) await engine.pause(runId);
    await engine.clock.advance("1h");
    expect(await engine.resume(early.runId)).toMatchObject({ status: "pending" });
    await engine.clock.advance("22h");
    expect(done).toEqual([]);
    await engine.clock.advance("1h");
    expect(done).toEqual(["reserve", "charge"]);
    expect(await engine.getRun(late.runId)).toMatchObject({ status: "paused" });
    await engine.resume(late.runId);
    await engine.settle();
    expect(done).toEqual(["reserve", "charge", "reserve", "charge"]);
    for (const { runId } of [early, late]) {
      expect((await storyOf(engine, runId)).slice(0, 3)).toEqual([
        "workflow.started",
        "run.paused",
        "run.resumed",
      ]);
    }
  });

  test("is paused changes nothing, and of one that is not a resume neither", async () => {
    const { order } = createOrder();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    expect(await engine.resume(runId)).toEqual({ runId, outcome: "not-paused", status: "pending" });
    await engine.pause(runId, REQUEST);
    await engine.clock.advance("1h");
    expect(await engine.pause(runId, { reason: "again" })).toEqual({
      runId,
      outcome: "already-paused",
      status: "paused",
    });
    expect(await engine.getRun(runId)).toMatchObject({ pause: { ...REQUEST, at: BEGIN } });
    expect(await eventsOf(engine, runId, "run.paused")).toHaveLength(1);
    await engine.resume(runId);
    expect(await engine.resume(runId)).toMatchObject({ outcome: "not-paused" });
  });

  test("has ended, or is not there, is told so", async () => {
    const quick = workflow("quick", async () => await step("only", async () => 1)());
    const engine = createEngine({ workflows: [quick] });
    const { runId } = await engine.start(quick);
    await engine.settle();
    const ended = { runId, outcome: "already-ended", status: "completed" };
    expect(await engine.pause(runId)).toEqual(ended);
    expect(await engine.resume(runId)).toEqual(ended);
    await expect(engine.pause("nobody")).rejects.toThrow(RunNotFoundError);
    await expect(engine.resume("nobody")).rejects.toThrow(RunNotFoundError);
    const long = { reason: "x".repeat(5_000) };
    await expect(engine.pause(runId, long)).rejects.toThrow(InvalidInputError);
    await expect(engine.resume(runId, long)).rejects.toThrow(InvalidInputError);
  });

  test("retries a step tries it again only when it is resumed, with the attempts it has left", async () => {
    const attempts: number[] = [];
    const flaky = step(
      "flaky",
      async () => {
        attempts.push(getContext().attempt ?? 0);
        throw new Error("busy");
      },
      { retries: 2, backoff: { initial: "1m", factor: 1, jitter: false } },
    );
    const order = workflow("order", async () => await flaky());
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.pause(runId);
    await engine.clock.advance("1h");
    expect(attempts).toEqual([1]);
    await engine.resume(runId);
    await engine.settle();
    expect(attempts).toEqual([1, 2]);
    await engine.clock.advance("1m");
    expect(attempts).toEqual([1, 2, 3]);
    await expect(engine.result(runId)).rejects.toMatchObject({ code: "step.failed", attempts: 3 });
  });

  test("is in a shield completes it", async () => {
    const done: string[] = [];
    const note = (name: string) => step(name, async () => void done.push(name));
    const order = workflow("order", async () => {
      await shield(async () => {
        await note("charge")();
        await sleep("1h");
        await note("book")();
      });
      await note("ship")();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.pause(runId);
    await engine.clock.advance("2h");
    expect(done).toEqual(["charge", "book"]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "paused" });
    await engine.resume(runId);
    await engine.settle();
    expect(done).toEqual(["charge", "book", "ship"]);
  });

  test("is done with its code does not keep it from ending", async () => {
    const gate = createGate();
    const last = step("last", () => gate.pass());
    const order = workflow("order", async () => {
      await last();
      return "done";
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    const settled = engine.settle();
    await expect.poll(() => gate.reached).toBe(1);
    await engine.pause(runId);
    gate.open();
    await settled;
    const run = await engine.getRun(runId);
    expect(run).toMatchObject({ status: "completed", output: "done" });
    expect(run).not.toHaveProperty("pause");
    expect(await engine.resume(runId)).toMatchObject({ outcome: "already-ended" });
  });

  test("ends without what it held back says nothing of that, as its code did await it", async () => {
    const gate = createGate();
    const began: string[] = [];
    const first = step("first", () => gate.pass());
    const other = step("other", async () => void began.push("other"));
    const order = workflow("order", async () => {
      await Promise.race([first(), sleep("10s").then(() => other())]);
    });
    const engine = createEngine({ workflows: [order], unawaited: "refuse" });
    const { runId } = await engine.start(order);
    const settled = engine.settle();
    await expect.poll(() => gate.reached).toBe(1);
    await engine.pause(runId);
    await engine.clock.advance("2m");
    gate.open();
    await settled;
    await engine.settle();
    expect(await storyOf(engine, runId, { only: /sleep/ })).toContain("sleep.completed");
    expect(began).toEqual([]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "completed" });
    expect(await storyOf(engine, runId, { only: /other/ })).toEqual([]);
  });

  test("is over its maxDuration is asked to stop all the same", async () => {
    const { order, done, gate } = createOrder({ maxDuration: "2h" });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    gate.open();
    await engine.settle();
    await engine.pause(runId);
    await engine.clock.advance("90m");
    expect(await engine.getRun(runId)).toMatchObject({ status: "paused" });
    await engine.clock.advance("30m");
    expect(done).toEqual(["reserve", "charge", "refund"]);
    const run = await engine.getRun(runId);
    expect(run).toMatchObject({ status: "cancelled", cancellation: { requestedBy: "detent" } });
    expect(run).not.toHaveProperty("pause");
  });

  test("has not begun ends at its maxDuration", async () => {
    const { order, done } = createOrder({ maxDuration: "2h" });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.pause(runId);
    await engine.clock.advance("3h");
    expect(done).not.toContain("reserve");
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
  });
});

describeOnEachStore("a cancel of a paused run", ({ createEngine }) => {
  test("goes through: it cleans up, and is paused no more", async () => {
    const { order, done, gate } = createOrder();
    gate.open();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.pause(runId);
    expect(await engine.cancel(runId, REQUEST)).toMatchObject({ outcome: "requested" });
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelling" });
    expect(await engine.getRun(runId)).not.toHaveProperty("pause");
    expect(await engine.resume(runId)).toMatchObject({
      outcome: "not-paused",
      status: "cancelling",
    });
    expect(await engine.pause(runId)).toMatchObject({
      outcome: "cancelling",
      status: "cancelling",
    });
    await engine.settle();
    expect(done).toEqual(["reserve", "charge", "refund"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: REQUEST,
    });
  });

  test("ends it right there where no code of it has run", async () => {
    const { order, done } = createOrder();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.pause(runId);
    expect(await engine.cancel(runId)).toMatchObject({ outcome: "requested", status: "cancelled" });
    await engine.clock.advance("1h");
    expect(done).toEqual([]);
    const run = await engine.getRun(runId);
    expect(run).not.toHaveProperty("startedAt");
    expect(run).not.toHaveProperty("pause");
  });

  test("is no different from a terminate in that: it ends at once", async () => {
    const { order, done } = createOrder();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.pause(runId);
    await engine.terminate(runId, REQUEST);
    const run = await engine.getRun(runId);
    expect(run).toMatchObject({ status: "terminated", termination: REQUEST });
    expect(run).not.toHaveProperty("pause");
    expect(done).toEqual(["reserve"]);
  });
});

describeOnEachStore("of all runs that fit", ({ createEngine }) => {
  test("each is paused, and each that is paused resumed", async () => {
    const nap = workflow("nap", async () => await sleep("1h"));
    const other = workflow("other", async () => await sleep("1h"));
    const engine = createEngine({ workflows: [nap, other] });
    const runs = [await engine.start(nap), await engine.start(nap), await engine.start(other)];
    const ids = runs.map(({ runId }) => runId);
    await engine.settle();
    const [first = "", second = "", third = ""] = ids;
    await engine.pause(first);
    const paused = new Map<string, string>();
    for await (const { runId, outcome } of engine.pauseAll({ workflow: "nap" }, REQUEST)) {
      paused.set(runId, outcome);
    }
    expect(paused).toEqual(
      new Map([
        [first, "already-paused"],
        [second, "paused"],
      ]),
    );
    const statusOf = async (runId: string) => (await engine.getRun(runId)).status;
    expect(await Promise.all(ids.map(statusOf))).toEqual(["paused", "paused", "suspended"]);
    expect(await engine.getRun(second)).toMatchObject({ pause: REQUEST });
    const listed = await engine.listRuns({ status: "paused", workflow: "nap" });
    expect(listed.runs).toHaveLength(2);
    expect(listed.runs).toContainEqual(
      expect.objectContaining({ pause: { ...REQUEST, at: BEGIN } }),
    );
    const resumed: string[] = [];
    for await (const { runId, outcome } of engine.resumeAll({ workflow: "nap" })) {
      expect(outcome).toBe("resumed");
      resumed.push(runId);
    }
    expect(resumed.sort()).toEqual([first, second].sort());
    await engine.settle();
    expect(await Promise.all(ids.map(statusOf))).toEqual(["suspended", "suspended", "suspended"]);
    expect(await statusOf(third)).toBe("suspended");
  });
});
