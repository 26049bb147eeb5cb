import { expect, test } from "vitest";
import {
  ChildFailedError,
  child,
  isCancellation,
  shield,
  sleep,
  step,
  workflow,
} from "../../../src/index.ts";
import { describeOnEachStore } from "../each-store.ts";
import { around } from "../watched-store.ts";

const slow = workflow("slow", async () => await sleep("1d"));

describeOnEachStore("a parent that ends by itself", ({ createEngine }) => {
  const leaving = workflow("leaving", async (how: "cancel" | "abandon") => {
    const left = await child(slow, undefined, { onParentEnd: how });
    return left.runId;
  });

  test("cancels the child that it leaves", async () => {
    const engine = createEngine({ workflows: [leaving, slow] });
    const run = await engine.start(leaving, "cancel");
    const runId = await run.result();
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: {
        reason: "The run that it belongs to has ended as completed.",
        requestedBy: run.runId,
      },
    });
  });

  test("leaves one alone that goes on without it", async () => {
    const engine = createEngine({ workflows: [leaving, slow] });
    const runId = await (await engine.start(leaving, "abandon")).result();
    await engine.settle();
    expect((await engine.getRun(runId)).status).toBe("suspended");
    await engine.clock.advance("1d");
    expect((await engine.getRun(runId)).status).toBe("completed");
  });
});

describeOnEachStore("the duties of a run that has ended", (world) => {
  test("are done by the sweep for one who died before", async () => {
    const family = workflow("family", async () => {
      const left = await child(slow);
      await left.result();
    });
    const engine = world.createEngine({ workflows: [family, slow] });
    const run = await engine.start(family);
    await engine.settle();
    const { runs } = await engine.listRuns({ parent: run.runId });
    const [{ runId = "" } = {}] = runs;
    // Whoever terminates it can write its end, and nothing of its child.
    const cut = around(world.store, async (name, call, [key]) => {
      const isChilds = (key as { runId?: string } | undefined)?.runId === runId || key === runId;
      return isChilds && name !== "runs.listDue" ? await new Promise(() => {}) : await call();
    });
    const dying = world.createEngine({
      workflows: [family, slow],
      store: cut,
      now: new Date(engine.clock.now()),
    });
    void dying.terminate(run.runId, { reason: "now", requestedBy: "bob" }).catch(() => {});
    await expect.poll(async () => (await engine.getRun(run.runId)).status).toBe("terminated");
    expect((await engine.getRun(runId)).status).toBe("suspended");
    await engine.clock.advance("5m");
    expect(await engine.getRun(runId)).toMatchObject({
      status: "terminated",
      termination: { reason: "now", requestedBy: "bob" },
    });
  });
});

describeOnEachStore("a child that somebody stops", ({ createEngine }) => {
  const careful = workflow("careful", async (how: string) => {
    const inner = await child(slow);
    if (how === "code") await inner.cancel({ reason: "no more" });
    try {
      await inner.result();
      return "done";
    } catch (error) {
      if (!(error instanceof ChildFailedError) || isCancellation(error)) throw error;
      return `${error.status}: ${(error.cause as Error).message}`;
    }
  });

  test("is asked by its parent's code, once, on the parent's behalf", async () => {
    const engine = createEngine({ workflows: [careful, slow] });
    const run = await engine.start(careful, "code");
    const told = `cancelled: The run was cancelled by ${run.runId}: no more`;
    expect(await run.result()).toBe(told);
    const { events } = await engine.getEvents(run.runId);
    expect(events[2]).toMatchObject({
      type: "child.cancelRequested",
      target: 0,
      reason: "no more",
    });
  });

  test.each(["cancel", "terminate"] as const)(
    "by a %s rejects its result, and stops nobody else",
    async (how) => {
      const engine = createEngine({ workflows: [careful, slow] });
      const run = await engine.start(careful, how);
      await engine.settle();
      const { runs } = await engine.listRuns({ parent: run.runId });
      await engine[how](runs[0]?.runId ?? "", { reason: "enough" });
      expect(await run.result()).toMatch(how === "cancel" ? /^cancelled: / : /^terminated: /);
      expect((await engine.getRun(run.runId)).cancellation).toBeUndefined();
    },
  );
});

describeOnEachStore("a cancelled parent", ({ createEngine }) => {
  test("waits for a child that was started in a shield, and does not ask it", async () => {
    const work = workflow("work", async () => {
      await sleep("1h");
      return "kept";
    });
    const seen: unknown[] = [];
    const order = workflow("order", async () => {
      const result = await shield(async () => (await child(work)).result());
      seen.push(result);
      await step("after", () => {})();
    });
    const engine = createEngine({ workflows: [order, work] });
    const run = await engine.start(order);
    await engine.settle();
    await engine.cancel(run.runId);
    await engine.settle();
    expect((await engine.getRun(run.runId)).status).toBe("cancelling");
    await engine.clock.advance("1h");
    expect(seen.at(-1)).toBe("kept");
    expect((await engine.getRun(run.runId)).status).toBe("cancelled");
  });

  test("keeps what a child completes with all the same", async () => {
    const stubborn = workflow("stubborn", async () => {
      await sleep("1h").catch(() => {});
      return "done all the same";
    });
    const order = workflow("order", async () => {
      const inner = await child(stubborn);
      return await inner.result();
    });
    const engine = createEngine({ workflows: [order, stubborn] });
    const run = await engine.start(order);
    await engine.settle();
    await engine.cancel(run.runId);
    expect(await run.result()).toBe("done all the same");
    expect(await engine.getRun(run.runId)).toMatchObject({
      status: "completed",
      cancellation: { tooLate: true, children: { asked: 1, ended: 1 } },
    });
  });
});
