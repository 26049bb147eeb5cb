import { expect, test } from "vitest";
import { InvalidInputError, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { storyOf } from "./story.ts";
import { countCalls, powerSwitch } from "./watched-store.ts";

/** Some rounds of the event loop, in which any call to a store would have been made. */
async function aMoment(): Promise<void> {
  for (let round = 0; round < 5; round++) await new Promise((resolve) => setTimeout(resolve, 1));
}

describeOnEachStore("a continuation", (world) => {
  const { createEngine } = world;

  test("that comes again, late or after the end does no harm", async () => {
    const done: string[] = [];
    const note = (name: string) => step(name, async () => void done.push(name));
    const order = workflow("order", async () => {
      await note("a")();
      await Promise.all([note("b")(), note("c")()]);
      await sleep("1m");
      await note("d")();
      return done.length;
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    for (let n = 0; n < 30; n++) {
      await engine.turn({ runId, task: n % 6 });
      await engine.turn({ runId });
      await engine.turn({ runId, claim: "of long ago" });
      await engine.turn({ runId, task: 1, claim: "of long ago" });
      if (n % 5 === 0) await engine.clock.advance("20s");
    }
    expect(await engine.result(runId)).toBe(4);
    expect(done.slice().sort()).toEqual(["a", "b", "c", "d"]);
    const story = await storyOf(engine, runId);
    for (let n = 0; n < 5; n++) await engine.turn({ runId, task: n });
    expect(await storyOf(engine, runId)).toEqual(story);
  });

  test("that names an unknown run does nothing", async () => {
    const engine = createEngine({ workflows: [] });
    await engine.turn({ runId: "nobody" });
    await engine.turn({ runId: "nobody", task: 5 });
  });

  test("that names a run of an unknown workflow is acknowledged, with a problem", async () => {
    const order = workflow("order", async () => {});
    const { runId } = await createEngine({ workflows: [order] }).start(order);
    const stranger = createEngine({ workflows: [] });
    await stranger.turn({ runId });
    expect(await stranger.getRun(runId)).toMatchObject({
      status: "pending",
      problem: { code: "workflow.notFound" },
    });
  });

  test.each([
    undefined,
    null,
    {},
    { runId: "" },
    { runId: 5 },
    { runId: "a", task: -1 },
    { runId: "a", task: 0.5 },
    { runId: "a", task: "1" },
  ])("that is none is refused: %j", async (continuation) => {
    const engine = createEngine({ workflows: [] });
    await expect(engine.turn(continuation as never)).rejects.toBeInstanceOf(InvalidInputError);
  });

  test("comes back when the store gives no answer, and loses nothing", async () => {
    const done: string[] = [];
    const order = workflow("order", async () => {
      await step("a", async () => void done.push("a"))();
      await step("b", async () => void done.push("b"))();
    });
    const power = powerSwitch(world.store);
    const engine = createEngine({ workflows: [order], store: power.store });
    const { runId } = await engine.start(order);
    power.off();
    await engine.clock.advance("3s");
    expect(done).toEqual([]);
    power.on();
    await engine.clock.advance("5m");
    expect(done).toEqual(["a", "b"]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "completed" });
  });
});

describeOnEachStore("turns of one run in one engine", (world) => {
  const { createEngine } = world;

  test("at once are one turn: a duplicate of one at work does no call to the store", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      await step("work", () => gate.pass())();
    });
    const counted = countCalls(world.store);
    const engine = createEngine({ workflows: [order], store: counted.store });
    const { runId } = await engine.start(order);
    const first = engine.turn({ runId });
    while (gate.reached === 0) await aMoment();
    counted.reset();
    const duplicates = Array.from({ length: 20 }, () => engine.turn({ runId }));
    await aMoment();
    expect(counted.calls).toEqual({});
    gate.open();
    await Promise.all([first, ...duplicates]);
    expect(gate.reached).toBe(1);
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({ status: "completed" });
  });

  test("at once are one turn also for a task", async () => {
    const gates = [createGate(), createGate()];
    const order = workflow("order", async () => {
      await Promise.all(gates.map((gate) => step("work", () => gate.pass())()));
    });
    const counted = countCalls(world.store);
    const engine = createEngine({ workflows: [order], store: counted.store });
    const { runId } = await engine.start(order);
    await engine.turn({ runId });
    const tasks = [0, 1].map((task) => engine.turn({ runId, task }));
    while (gates.some(({ reached }) => reached === 0)) await aMoment();
    counted.reset();
    const duplicates = [0, 1, 0, 1, 0].map((task) => engine.turn({ runId, task }));
    await aMoment();
    expect(counted.calls).toEqual({});
    for (const gate of gates) gate.open();
    await Promise.all([...tasks, ...duplicates]);
    await engine.settle();
    expect(gates.map(({ reached }) => reached)).toEqual([1, 1]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "completed" });
  });

  test("that all find nothing loaded load it once", async () => {
    const order = workflow("order", async () => {
      await sleep("1h");
    });
    const { runId } = await createEngine({ workflows: [order] }).start(order);
    const counted = countCalls(world.store);
    const engine = createEngine({ workflows: [order], store: counted.store });
    await Promise.all(Array.from({ length: 20 }, () => engine.turn({ runId })));
    expect(counted.calls["log.append"]).toBe(1);
    expect(counted.calls["runs.get"]).toBeLessThanOrEqual(2);
    expect(await engine.getRun(runId)).toMatchObject({ status: "suspended" });
  });

  test("bring news to a run that executes a step: other branches go on beside it", async () => {
    const gate = createGate();
    const done: string[] = [];
    const order = workflow("order", async () => {
      await Promise.all([
        step("long", () => gate.pass())(),
        (async () => {
          await sleep("1m");
          await step("quick", async () => void done.push("quick"))();
        })(),
      ]);
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("2m");
    expect(gate.reached).toBe(1);
    expect(done).toEqual(["quick"]);
    gate.open();
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({ status: "completed" });
  });

  test("leave nothing undone whatever the cache holds", async () => {
    const add = step("add", async (n: number) => n + 1);
    const order = workflow("order", async (n: number) => {
      const [a, b] = await Promise.all([add(n), add(n * 10)]);
      await sleep("1m");
      return await add(a + b);
    });
    const engine = createEngine({ workflows: [order], cachedRuns: 1 });
    const runs = await Promise.all([1, 2, 3, 4, 5].map((n) => engine.start(order, n)));
    await engine.clock.advance("10m");
    expect(await Promise.all(runs.map((run) => run.result()))).toEqual([14, 25, 36, 47, 58]);
  });
});
