/** A queue that refuses the message of a start or of a request: what was asked for stands. */
import { describe, expect, it } from "vitest";
import { getContext, isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";
import { createHandHeld } from "./hand-held.ts";

const double = step("double", async (n: number) => n * 2);
const release = step("release", async () => "released");

const work = workflow("work", async (n: number) => await double(n));

const nap = workflow("nap", async () => {
  try {
    await sleep("10d");
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await shield(() => release());
    throw error;
  }
  return getContext().runId;
});

describe("a queue that refuses", () => {
  it("a start leaves the run to the next sweep", async () => {
    const held = createHandHeld([work]);
    held.refuse(1);
    const run = await held.engine.start(work, 4);
    expect(run).toMatchObject({ status: "pending", existing: false });
    expect(held.takeSent()).toEqual([]);

    await held.engine.sweep();
    await held.deliverAll();
    expect(await run.result()).toBe(8);
  });

  it("a start for later leaves it to the sweep of that time", async () => {
    const held = createHandHeld([work]);
    held.refuse(1);
    const startAt = new Date(held.clock.now + 60_000);
    const run = await held.engine.start(work, 4, { startAt });
    expect(await held.engine.sweep()).toEqual({ sent: 0 });

    held.clock.now = startAt.getTime();
    expect(await held.engine.sweep()).toEqual({ sent: 1 });
    await held.deliverAll();
    expect(await run.result()).toBe(8);
  });

  it("a start that is repeated with its key takes it up at once", async () => {
    const held = createHandHeld([work]);
    held.refuse(1);
    const options = { idempotencyKey: "order 7" };
    const { runId } = await held.engine.start(work, 4, options);
    const again = await held.engine.start(work, 4, options);
    expect(again).toMatchObject({ runId, existing: true });
    await held.deliverAll();
    expect(await again.result()).toBe(8);
  });

  it("a cancel leaves waking the run to the next sweep", async () => {
    const held = createHandHeld([nap]);
    const { runId } = await held.engine.start(nap, undefined);
    await held.deliverAll();
    held.refuse(1);
    expect(await held.engine.cancel(runId, { reason: "enough" })).toEqual({
      runId,
      outcome: "requested",
      status: "cancelling",
    });

    await held.engine.sweep();
    await held.deliverAll();
    const { status, cancellation } = await held.engine.getRun(runId);
    expect(status).toBe("cancelled");
    expect(cancellation).toMatchObject({ reason: "enough", cleanup: { steps: 1, finished: true } });
  });

  it("the next step's message fails the turn that sends it, and its own message comes back", async () => {
    const twice = workflow("twice", async (n: number) => await double(await double(n)));
    const held = createHandHeld([twice]);
    const run = await held.engine.start(twice, 4);
    const [first] = held.takeSent();
    if (first === undefined) throw new Error("The start has sent nothing");
    held.refuse(1);
    await expect(held.engine.turn(first.continuation)).rejects.toMatchObject({
      code: "scheduler.unavailable",
    });
    await held.engine.turn(first.continuation);
    await held.deliverAll();
    expect(await run.result()).toBe(16);
  });
});
