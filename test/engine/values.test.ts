import { expect, test } from "vitest";
import { FatalError, StepFailedError, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { eventsOf } from "./story.ts";

const shared = { shared: true };
const ring: { self?: unknown } = {};
ring.self = ring;

const VALUES: readonly [string, unknown][] = [
  ["undefined", undefined],
  ["null", null],
  ["minus zero", -0],
  ["NaN", Number.NaN],
  ["a text", "größe 🧵 \u0000"],
  ["half a surrogate pair", "\ud83e"],
  ["a BigInt", 2n ** 80n],
  ["a Date", new Date("2030-01-01T00:00:00.123Z")],
  ["a Map and a Set", new Map([["a", new Set([1n, undefined])]])],
  // biome-ignore lint/suspicious/noSparseArray: that is the point
  ["an array with holes", [1, , undefined]],
  ["an object without a prototype", Object.assign(Object.create(null), { a: 1 })],
  ["typed arrays", { bytes: new Uint8Array([0, 255]), floats: new Float64Array([-0, 1.5]) }],
  ["shared parts", { a: shared, b: shared }],
  ["a cycle", ring],
  ["an error among other things", { failures: [new Error("no", { cause: new Error("why") })] }],
];

describeOnEachStore("a value", ({ createEngine }) => {
  test.each(VALUES)(
    "keeps its type as input, argument, result, output and in the record: %s",
    async (_, value) => {
      const results: unknown[] = [];
      const echo = step("echo", async (argument: unknown) => argument);
      const order = workflow("order", async (input: unknown) => {
        const result = await echo(input);
        results.push(result);
        return result;
      });
      const engine = createEngine({ workflows: [order], replay: "cold" });
      const run = await engine.start(order, value);
      await engine.settle();
      expect(await run.result()).toStrictEqual(value);
      expect(results.length).toBeGreaterThan(0);
      for (const result of results) expect(result).toStrictEqual(value);
      const record = await engine.getRun(run.runId);
      expect([record.input, record.output]).toStrictEqual([value, value]);
      const [completed] = await eventsOf(engine, run.runId, "step.completed");
      expect(completed?.result).toStrictEqual(value);
    },
  );

  test.each(VALUES)("keeps its type as a field of an error: %s", async (_, value) => {
    const caught: unknown[] = [];
    const fail = step("fail", async () => {
      throw Object.assign(new FatalError("no"), { details: { value } });
    });
    const order = workflow("order", async () => {
      try {
        await fail();
      } catch (error) {
        caught.push(error);
        throw error;
      }
    });
    const engine = createEngine({ workflows: [order], replay: "cold" });
    const run = await engine.start(order);
    await engine.settle();
    const failed = await run.result().catch((error: unknown) => error);
    for (const error of [...caught, failed]) {
      expect(error).toBeInstanceOf(StepFailedError);
      const { cause } = error as { cause: { details: { value: unknown } } };
      expect(cause).toBeInstanceOf(FatalError);
      expect(cause.details).toStrictEqual({ value });
    }
  });

  test("that code gets live is the decoded one, so that a replay does not differ", async () => {
    class Receipt {
      constructor(readonly total: number) {}
    }
    const receipt = { total: 5, lines: ["a"] };
    const make = step("make", async () => receipt);
    const order = workflow("order", async () => {
      const result = await make();
      return [result === receipt, result instanceof Receipt, result.lines.push("b")];
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toEqual([false, false, 2]);
    expect(receipt.lines).toEqual(["a"]);
  });

  test("that is read twice is the reader's own each time", async () => {
    const order = workflow("order", async (input: { list: number[] }) => input);
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order, { list: [1] });
    await engine.settle();
    const first = await engine.getRun(run.runId);
    (first.output as { list: number[] }).list.push(2);
    (first.input as { list: number[] }).list.push(2);
    const second = await engine.getRun(run.runId);
    expect([second.input, second.output, await run.result()]).toEqual([
      { list: [1] },
      { list: [1] },
      { list: [1] },
    ]);
  });
});
