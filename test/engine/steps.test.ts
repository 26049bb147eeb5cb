import { expect, test } from "vitest";
import { shield, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { eventsOf, storyOf } from "./story.ts";

describeOnEachStore("a step", ({ createEngine }) => {
  test("runs once, and its result is read from the log at every replay", async () => {
    const ran: string[] = [];
    const note = step("note", async (what: string) => {
      ran.push(what);
      return `${what}!`;
    });
    const replays: unknown[] = [];
    const order = workflow("order", async () => {
      const all: string[] = [];
      for (const what of ["a", "b", "c"]) all.push(await note(what));
      replays.push([...all]);
      return all;
    });
    const engine = createEngine({ workflows: [order], replay: "cold" });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toEqual(["a!", "b!", "c!"]);
    expect(ran).toEqual(["a", "b", "c"]);
    for (const replay of replays) expect(replay).toEqual(["a!", "b!", "c!"]);
  });

  test("is read from the log also by an engine that was not there", async () => {
    let ran = 0;
    const gate = createGate();
    const order = workflow("order", async () => {
      const first = await step("first", async () => ++ran)();
      const second = await step("second", async () => {
        await gate.pass();
        return ++ran;
      })();
      return [first, second, await step("third", async () => ++ran)()];
    });
    const here = createEngine({ workflows: [order] });
    const run = await here.start(order);
    await here.settle();
    gate.open();
    const there = createEngine({ workflows: [order] });
    await Promise.all([here.settle(), there.settle()]);
    expect(await there.result(run.runId)).toEqual([1, 2, 3]);
  });

  test("with the same name and arguments twice is two steps", async () => {
    let count = 0;
    const next = step("next", async (_: string) => ++count);
    const order = workflow("order", async () => [await next("a"), await next("a")]);
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toEqual([1, 2]);
    const completed = await eventsOf(engine, run.runId, "step.completed");
    expect(completed).toMatchObject([
      { step: "next", command: 0, result: 1 },
      { step: "next", command: 1, result: 2 },
    ]);
  });

  test("may be made inside the workflow, and use what is around it", async () => {
    const order = workflow("order", async (input: { id: number }) => {
      const doubled = await step("double", async () => input.id * 2)();
      return await step(`add-to-${doubled}`, async () => input.id + doubled)();
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order, { id: 7 });
    await engine.settle();
    expect(await run.result()).toBe(21);
  });

  test("may be a function that is not async, and fail like one", async () => {
    const order = workflow("order", async () => {
      const sum = await step("add", (a: number, b: number) => a + b)(1, 2);
      const caught = await step(
        "divide",
        () => {
          throw new RangeError("by zero");
        },
        { retries: 0 },
      )().catch((error: Error) => (error.cause as Error).name);
      return [sum, caught];
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toEqual([3, "RangeError"]);
  });

  test("called inside another step is a part of that step", async () => {
    const inner = step("inner", async (n: number) => n + 1);
    const outer = step("outer", async (n: number) => (await inner(n)) * 10);
    const order = workflow("order", async () => outer(1));
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toBe(20);
    expect(await storyOf(engine, run.runId, { only: /step/ })).toEqual([
      "step.started outer",
      "step.completed outer",
    ]);
  });

  test("that is inline runs in the invocation that ended the step before it", async () => {
    const invocations: string[] = [];
    let turn = 0;
    const note = (name: string, inline: boolean) =>
      step(name, async () => void invocations.push(`${name} in ${turn}`), { inline });
    const order = workflow("order", async () => {
      await note("a", false)();
      await note("b", true)();
      await note("c", true)();
      await note("d", false)();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    for (turn = 1; turn <= 2; turn++) await engine.turn({ runId });
    await engine.settle();
    expect(invocations).toEqual(["a in 1", "b in 1", "c in 1", "d in 2"]);
  });

  test("is recorded as shielded when it is", async () => {
    const note = step("note", async () => {});
    const order = workflow("order", async () => {
      await note();
      await shield(note);
      await shield(() => shield(note));
      await note();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    const started = await eventsOf(engine, runId, "step.started");
    expect(started.map(({ shielded }) => shielded)).toEqual([false, true, true, false]);
  });

  test("may have any result that fits, and one as large as an item of the log", async () => {
    const order = workflow("order", async () => {
      const text = await step("write", async () => "x".repeat(380_000))();
      return text.length;
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toBe(380_000);
  });

  test("is one of many: a hundred in a row", async () => {
    const add = step("add", async (n: number) => n + 1);
    const order = workflow("order", async () => {
      let sum = 0;
      while (sum < 100) sum = await add(sum);
      return sum;
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toBe(100);
    expect((await engine.getEvents(run.runId)).events).toHaveLength(202);
  });
});
