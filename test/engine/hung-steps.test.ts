/** A step without a timeout whose code never ends: it holds up its turn only as long as its claim. */
import { expect, test } from "vitest";
import { getContext, StepLostError, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";

describeOnEachStore("a step whose code never ends", (world) => {
  const { createEngine } = world;

  function hanging(parallel: boolean) {
    const never = createGate();
    const signals: AbortSignal[] = [];
    const hang = step("hang", async () => {
      signals.push(getContext().signal);
      if (signals.length === 1) await never.pass();
    });
    const order = workflow("order", async () => {
      await Promise.all(parallel ? [hang(), step("beside", async () => {})()] : [hang()]);
      await sleep("1d");
    });
    return { order, never, signals };
  }

  async function begin(parallel: boolean) {
    const { order, never, signals } = hanging(parallel);
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    if (parallel) await engine.turn({ runId });
    let over = false;
    const turn = engine.turn({ runId, ...(parallel && { task: 0 }) }).finally(() => {
      over = true;
    });
    await engine.settle();
    expect(never.reached).toBe(1);
    return { engine, order, runId, signals, turn, isOver: () => over };
  }

  test.each([false, true])("is left when its run was ended (as a task: %s)", async (parallel) => {
    const { engine, runId, signals, turn, isOver } = await begin(parallel);
    await engine.clock.advance("1m");
    expect(isOver()).toBe(false);
    await engine.terminate(runId);
    await engine.clock.advance("15s");
    await turn;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test.each([false, true])(
    "is left when another process has taken it over (as a task: %s)",
    async (parallel) => {
      const { engine, order, runId, signals, turn } = await begin(parallel);
      // The clock of the first stands still, so it does not renew its lease.
      const other = createEngine({ workflows: [order] });
      await other.clock.advance("5m");
      expect(await other.getRun(runId)).toMatchObject({ status: "suspended" });
      await engine.clock.advance("15s");
      await turn;
      expect(signals[0]?.reason).toBeInstanceOf(StepLostError);
    },
  );
});
