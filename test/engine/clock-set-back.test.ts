/** A machine's clock is set back by an hour: what waits for a time to pass does not wait for that hour. */
import { expect, test } from "vitest";
import type { AnyWorkflow } from "../../src/authoring/workflow.ts";
import { getContext, isCancellation, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate, type Gate } from "./gate.ts";
import { createHandHeld } from "./hand-held.ts";
import { countCalls } from "./watched-store.ts";

const HOUR = 3_600_000;

describeOnEachStore("after the clock was set back", (world) => {
  /** The clock is set back while the step waits at its gate, and another process is asked to cancel. */
  async function cancelledElsewhere(order: AnyWorkflow, gate: Gate) {
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    const turn = held.engine.turn({ runId });
    await expect.poll(() => gate.reached).toBe(1);
    held.clock.now -= HOUR;
    await createHandHeld([], { store: world.store }).engine.cancel(runId);
    return { held, runId, turn };
  }

  test("checkCancellation() asks again", async () => {
    const gate = createGate();
    const heard: boolean[] = [];
    const order = workflow("order", () =>
      step("work", async () => {
        const { checkCancellation } = getContext();
        await checkCancellation();
        await gate.pass();
        await checkCancellation().catch((error: unknown) => heard.push(isCancellation(error)));
      })(),
    );
    const { turn } = await cancelledElsewhere(order, gate);
    gate.open();
    await turn;
    expect(heard).toEqual([true]);
  });

  test("a turn at work is told by a message that others have written", async () => {
    const gate = createGate();
    let signal: AbortSignal | undefined;
    const order = workflow("order", () =>
      step("work", async () => {
        ({ signal } = getContext());
        await gate.pass();
      })(),
    );
    const { held, runId, turn } = await cancelledElsewhere(order, gate);
    const news = held.engine.turn({ runId });
    await expect.poll(() => signal?.aborted).toBe(true);
    gate.open();
    await Promise.all([turn, news]);
  });

  test("a run is not taken for known because it will have been", async () => {
    const order = workflow("order", async () => {
      for (let n = 0; n < 5; n++) await step("work", async () => {})();
    });
    const counted = countCalls(world.store);
    const held = createHandHeld([order], { store: counted.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    await held.engine.turn({ runId });
    held.clock.now -= HOUR;
    counted.reset();
    await held.engine.turn({ runId });
    expect(counted.calls).toMatchObject({ "runs.get": 1, "log.read": 1 });
  });

  test("the messages of tasks are sent again", async () => {
    const work = step("work", async () => {});
    const order = workflow("order", () => Promise.all([work(), work()]));
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    await held.engine.turn({ runId });
    held.takeSent();
    await held.engine.turn({ runId });
    expect(held.takeSent()).toHaveLength(2);
    await held.engine.turn({ runId, claim: "none" });
    expect(held.takeSent()).toEqual([]);
    held.clock.now -= HOUR;
    await held.engine.turn({ runId, claim: "none" });
    expect(held.takeSent()).toHaveLength(2);
  });

  test("who waits for a run hears that another process has ended it", async () => {
    const order = workflow("order", () => step("work", async () => {})());
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    await held.engine.cancel(runId).catch(() => {});
    const { runId: next } = await held.engine.start("order");
    world.watch(next, [order]);
    held.clock.now -= HOUR;
    await createHandHeld([], { store: world.store }).engine.terminate(next);
    await expect(held.engine.result(next)).rejects.toMatchObject({ status: "terminated" });
  });
});
