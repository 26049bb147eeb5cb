import { expect, test } from "vitest";
import {
  child,
  continueAsNew,
  getContext,
  shield,
  sleep,
  step,
  workflow,
} from "../../../src/index.ts";
import { describeOnEachStore } from "../each-store.ts";
import { storyOf } from "../story.ts";

describeOnEachStore("the children of a run that goes on as new", ({ createEngine }) => {
  function family() {
    const undone: string[] = [];
    const undo = step("undo", async (name: string) => void undone.push(name));
    const worker = workflow("worker", async (name: string) => {
      try {
        await sleep("90d");
        return name;
      } catch (error) {
        await shield(() => undo(name));
        throw error;
      }
    });
    const boss = workflow("boss", async (round: number) => {
      const { runId } = getContext();
      if (round < 3) await child(worker, `of ${round}`, { runId: `${runId}-${round}` });
      await sleep("30d");
      if (round === 3) return "done";
      return await continueAsNew(round + 1);
    });
    return { undone, boss, engine: createEngine({ workflows: [boss, worker] }) };
  }

  test("live on, and are cancelled with it, before it cleans up", async () => {
    const { undone, boss, engine } = family();
    const { runId } = await engine.start(boss, 1, { runId: "boss" });
    await engine.clock.advance("60d");
    expect(await engine.getRun(runId)).toMatchObject({ generation: 3, status: "suspended" });
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "child.inherited",
      "child.inherited",
      "sleep.started",
    ]);
    const { runs } = await engine.children(runId);
    expect(runs.map((run) => [run.runId, run.status])).toEqual([
      ["boss-1", "suspended"],
      ["boss-2", "suspended"],
    ]);
    await engine.cancel(runId, { reason: "moving" });
    await engine.settle();
    expect(undone.sort()).toEqual(["of 1", "of 2"]);
    expect(await engine.getRun("boss-1")).toMatchObject({
      status: "cancelled",
      cancellation: { reason: "moving" },
    });
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { children: { asked: 2, ended: 2 } },
    });
    await engine.checkInvariants("boss-2");
  });

  test("tell it of their ends, which nothing waits for any more", async () => {
    const quick = workflow("quick", async () => void (await sleep("40d")));
    const boss = workflow("boss", async (round: number) => {
      if (round === 1) await child(quick, undefined, { runId: "quick" });
      await sleep("30d");
      if (round === 3) return "done";
      return await continueAsNew(round + 1);
    });
    const engine = createEngine({ workflows: [boss, quick] });
    const { runId } = await engine.start(boss, 1);
    await engine.clock.advance("50d");
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "child.inherited",
      "sleep.started",
      "child.completed",
    ]);
    expect(await engine.store.runs.listDue({ until: engine.clock.now(), limit: 10 })).toEqual([]);
    await engine.clock.advance("10d");
    expect(await storyOf(engine, runId)).toEqual(["workflow.started", "sleep.started"]);
    await engine.clock.advance("30d");
    expect(await engine.result(runId)).toBe("done");
  });

  test("end with it, as it ends", async () => {
    const { undone, boss, engine } = family();
    const { runId } = await engine.start(boss, 1);
    await engine.clock.advance("35d");
    await engine.terminate(runId, { reason: "at once" });
    await engine.settle();
    const worker = await engine.getRun(`${runId}-1`);
    expect(worker).toMatchObject({ status: "terminated", termination: { reason: "at once" } });
    const other = await engine.start(boss, 2);
    await engine.clock.advance("60d");
    expect(await engine.result(other.runId)).toBe("done");
    await engine.settle();
    expect(await engine.getRun(`${other.runId}-2`)).toMatchObject({ status: "cancelled" });
    expect(undone).toEqual(["of 2"]);
  });

  test("may go on as new themselves, and answer in the end, however much that is", async () => {
    const chain = workflow("chain", async (left: number): Promise<string> => {
      if (left === 0) return "x".repeat(2_000);
      await sleep("1h");
      return await continueAsNew(left - 1);
    });
    const boss = workflow("boss", async () => (await (await child(chain, 3)).result()).length);
    const engine = createEngine({ workflows: [boss, chain] });
    const { runId } = await engine.start(boss);
    await engine.settle();
    await engine.clock.advance("3h");
    expect(await engine.result(runId)).toBe(2_000);
  });

  test("are all carried over, or none: the code is told that they are too many", async () => {
    // Names as long as they may be, so that a few hundred fill the entry that ends a log.
    const idle = workflow("長".repeat(256), async () => void (await sleep("90d")));
    const boss = workflow("boss", async (count: number): Promise<unknown> => {
      const { runId } = getContext();
      const begin = (index: number) =>
        child(idle, undefined, { runId: `${runId}-${index}-${"é".repeat(200)}` });
      await Promise.all(Array.from({ length: count }, (_, index) => begin(index)));
      if (count === 0) return "done";
      return await continueAsNew(0).catch((error: unknown) => error);
    });
    const engine = createEngine({ workflows: [boss, idle] });
    const { runId } = await engine.start(boss, 400);
    expect(await engine.result(runId)).toMatchObject({ code: "child.tooMany", living: 400 });
    const story = await storyOf(engine, runId);
    expect(story).toContain("generation.refused");
    expect(story).not.toContain("child.carried");
  });

  test("that go on by themselves are not carried over", async () => {
    const apart = workflow("apart", async () => void (await sleep("90d")));
    const boss = workflow("boss", async (round: number) => {
      if (round === 1) await child(apart, undefined, { runId: "apart", onParentEnd: "abandon" });
      if (round === 2) return "done";
      return await continueAsNew(round + 1);
    });
    const engine = createEngine({ workflows: [boss, apart] });
    const { runId } = await engine.start(boss, 1);
    expect(await engine.result(runId)).toBe("done");
    expect(await storyOf(engine, runId)).toEqual(["workflow.started", "workflow.completed"]);
    await engine.settle();
    expect(await engine.getRun("apart")).toMatchObject({ status: "suspended" });
  });
});
