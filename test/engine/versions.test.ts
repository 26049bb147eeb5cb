import { expect, test } from "vitest";
import {
  ConfigurationError,
  type InputOf,
  sleep,
  WorkflowNotFoundError,
  workflow,
} from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";

function greeting(version: string, greeting: string) {
  return workflow(
    "greet",
    async (name: string) => {
      await sleep("1h");
      return `${greeting}, ${name}`;
    },
    { version },
  );
}

const first = greeting("1", "Hello");
const second = greeting("2", "Welcome");
const tenth = greeting("10", "Hi");

describeOnEachStore("a workflow with several versions", ({ createEngine }) => {
  test("is started by its name in the newest, whatever the order they were registered in", async () => {
    for (const workflows of [
      [first, second, tenth],
      [tenth, first, second],
    ] as const) {
      const engine = createEngine({ workflows });
      const run = await engine.start("greet", "Ada");
      expect(await engine.getRun(run.runId)).toMatchObject({ version: "10" });
      await engine.clock.advance("1h");
      expect(await run.result()).toBe("Hi, Ada");
    }
  });

  test("is started in the very version that is passed", async () => {
    const engine = createEngine({ workflows: [first, second] });
    const run = await engine.start(first, "Ada");
    expect(await engine.getRun(run.runId)).toMatchObject({ version: "1" });
    await engine.clock.advance("1h");
    expect(await run.result()).toBe("Hello, Ada");
  });

  test("goes on in the version it was started with when a newer one is deployed", async () => {
    const before = createEngine({ workflows: [first] });
    const { runId } = await before.start("greet", "Ada");
    await before.settle();
    const after = createEngine({ workflows: [second, first] });
    await after.clock.advance("1h");
    expect(await after.result(runId)).toBe("Hello, Ada");
  });

  test("runs them side by side", async () => {
    const engine = createEngine({ workflows: [first, second, tenth] });
    const runs = await Promise.all([first, second, tenth].map((it) => engine.start(it, "Ada")));
    await engine.clock.advance("1h");
    expect(await Promise.all(runs.map((run) => run.result()))).toEqual([
      "Hello, Ada",
      "Welcome, Ada",
      "Hi, Ada",
    ]);
  });

  test.each([undefined, null, {}, "greet", greeting])(
    "is what workflow() makes, and %o is none",
    (given) => {
      expect(() => createEngine({ workflows: [first, given as never] })).toThrow(
        "Of the workflows given to createEngine, number 2 is none",
      );
    },
  );

  test("cannot be registered twice in one version", () => {
    const again: InputOf<typeof first> = "same name, same version";
    expect(() => createEngine({ workflows: [first, second, greeting("1", again)] })).toThrow(
      ConfigurationError,
    );
    expect(() => createEngine({ workflows: [first, first] })).toThrow(
      'Workflow "greet" version "1" is registered twice',
    );
  });
});

describeOnEachStore("a workflow that is not registered", ({ createEngine }) => {
  test("cannot be started by its name, and the error says which can", async () => {
    const engine = createEngine({ workflows: [first] });
    const start = engine.start("grete" as "greet", "Ada");
    await expect(start).rejects.toBeInstanceOf(WorkflowNotFoundError);
    await expect(start).rejects.toMatchObject({
      code: "workflow.notFound",
      workflow: "grete",
      message: expect.stringContaining("Registered: greet"),
    });
  });

  test("cannot be started by itself either", async () => {
    const engine = createEngine({ workflows: [first] });
    await expect(engine.start(second, "Ada")).rejects.toMatchObject({
      code: "workflow.notFound",
      message: expect.stringContaining('version "2"'),
    });
    const other = workflow("constructor", async () => {});
    await expect(engine.start(other)).rejects.toMatchObject({ code: "workflow.notFound" });
    await expect(engine.start(undefined as never)).rejects.toMatchObject({
      code: "workflow.notFound",
    });
    await expect(engine.start("toString" as never)).rejects.toMatchObject({
      code: "workflow.notFound",
    });
  });

  test("cannot be started in an engine without any", async () => {
    const engine = createEngine({ workflows: [] });
    await expect(engine.start(first, "Ada")).rejects.toMatchObject({ code: "workflow.notFound" });
  });
});
