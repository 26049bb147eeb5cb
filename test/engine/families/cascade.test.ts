import { expect, test } from "vitest";
import type { Engine, RunSummary } from "../../../src/engine/index.ts";
import {
  type Child,
  child,
  isCancellation,
  shield,
  sleep,
  step,
  workflow,
} from "../../../src/index.ts";
import { describeOnEachStore } from "../each-store.ts";
import { storyOf } from "../story.ts";

/** All below a run. */
async function familyOf(engine: Engine, runId: string): Promise<RunSummary[]> {
  const { runs } = await engine.listRuns({ parent: runId });
  const below = await Promise.all(runs.map((run) => familyOf(engine, run.runId)));
  return [...runs, ...below.flat()];
}

describeOnEachStore("a cancelled parent", ({ createEngine }) => {
  function family() {
    const done: string[] = [];
    const leaf = workflow("leaf", async (name: string) => {
      try {
        await sleep("1d");
      } catch (error) {
        await shield(() => step(`undo ${name}`, () => void done.push(name))());
        throw error;
      }
    });
    const middle = workflow("middle", async (name: string) => {
      try {
        const inner = await child(leaf, `${name}.leaf`);
        await inner.result();
      } catch (error) {
        expect(isCancellation(error)).toBe(true);
        await shield(() => step(`undo ${name}`, () => void done.push(name))());
        throw error;
      }
    });
    const root = workflow("root", async () => {
      try {
        const children: Child<void>[] = await Promise.all([child(middle, "a"), child(middle, "b")]);
        await Promise.all(children.map((each) => each.result()));
      } catch (error) {
        await shield(() => step("undo root", () => void done.push("root"))());
        throw error;
      }
    });
    return { done, engine: createEngine({ workflows: [root, middle, leaf] }), root };
  }

  test("cancels its family, and the innermost cleans up first", async () => {
    const { done, engine, root } = family();
    const run = await engine.start(root);
    await engine.settle();
    const answer = await engine.cancel(run.runId, {
      reason: "no more",
      requestedBy: "alice",
      wait: true,
    });
    expect(answer).toEqual({ runId: run.runId, outcome: "requested", status: "cancelled" });
    expect(done.map((each) => each.split(".").length + (each === "root" ? 0 : 1))).toEqual([
      3, 3, 2, 2, 1,
    ]);
    const { cancellation } = await engine.getRun(run.runId);
    expect(cancellation).toMatchObject({ children: { asked: 2, ended: 2 }, cleanup: { steps: 1 } });
    const runs = (await familyOf(engine, run.runId)).filter(({ workflow }) => workflow === "leaf");
    expect(
      runs.map(({ status, cancellation }) => [
        status,
        cancellation?.reason,
        cancellation?.requestedBy,
      ]),
    ).toEqual([
      ["cancelled", "no more", "alice"],
      ["cancelled", "no more", "alice"],
    ]);
    expect(await storyOf(engine, run.runId)).toEqual([
      "workflow.started",
      "child.started",
      "child.started",
      "cancellation.requested",
      "child.cancelled",
      "child.cancelled",
      "cancellation.delivered",
      "step.started undo root",
      "step.completed undo root",
      "workflow.cancelled",
    ]);
    for (const { runId } of runs) await engine.checkInvariants(runId);
  });

  test("that is terminated terminates its family", async () => {
    const { done, engine, root } = family();
    const run = await engine.start(root);
    await engine.settle();
    await engine.terminate(run.runId, { reason: "now", requestedBy: "bob" });
    await engine.settle();
    expect(done).toEqual([]);
    const below = await familyOf(engine, run.runId);
    expect(below.map(({ status }) => status)).toEqual(Array(4).fill("terminated"));
    expect(below.map(({ termination }) => termination?.reason)).toEqual(Array(4).fill("now"));
  });
});
