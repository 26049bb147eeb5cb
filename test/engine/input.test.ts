import { expect, test, vi } from "vitest";
import * as z from "zod/mini";
import {
  InvalidInputError,
  InvalidOutputError,
  PayloadTooLargeError,
  SerializationError,
  step,
  workflow,
} from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { eventsOf } from "./story.ts";

describeOnEachStore("the input of a run", ({ createEngine }) => {
  test("is what its schema puts out: validated once, stored, handed over and replayed", async () => {
    const parse = vi.fn((text: string) => new Date(text));
    const seen: unknown[] = [];
    const order = workflow(
      "order",
      async (input) => {
        seen.push(input);
        await step("charge", async () => {})();
        await step("ship", async () => {})();
        return input.due.getUTCFullYear() + input.count;
      },
      {
        input: z.object({
          due: z.pipe(z.string(), z.transform(parse)),
          count: z._default(z.number(), 3),
        }),
      },
    );
    const engine = createEngine({ workflows: [order], replay: "cold" });
    const run = await engine.start(order, { due: "2031-05-05" });
    await engine.settle();
    expect(await run.result()).toBe(2034);
    const parsed = { due: new Date("2031-05-05"), count: 3 };
    expect(parse).toHaveBeenCalledTimes(1);
    expect(seen.length).toBeGreaterThan(1);
    for (const input of seen) expect(input).toEqual(parsed);
    expect(await engine.getRun(run.runId)).toMatchObject({ input: parsed });
    expect(await eventsOf(engine, run.runId, "workflow.started")).toMatchObject([
      { input: parsed, workflow: "order", version: "1" },
    ]);
  });

  test("may be validated by a schema that takes its time", async () => {
    const known = z.string().check(z.refine(async (id) => id === "7", "is not known"));
    const order = workflow("order", async (id) => id, { input: known });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order, "7");
    await engine.settle();
    expect(await run.result()).toBe("7");
    await expect(engine.start(order, "8")).rejects.toMatchObject({
      issues: [{ message: "is not known" }],
    });
  });

  test("that does not fit is refused with the schema's issues, and nothing is started", async () => {
    const order = workflow("order-with-items", async () => {}, {
      input: z.object({ id: z.string(), items: z.array(z.object({ sku: z.string() })) }),
    });
    const engine = createEngine({ workflows: [order] });
    const bad = { id: 7, items: [{ sku: "a" }, { sku: null }] };
    const start = engine.start(order, bad as never, { runId: "bad-input" });
    await expect(start).rejects.toBeInstanceOf(InvalidInputError);
    await expect(start).rejects.toMatchObject({
      code: "input.invalid",
      message: expect.stringContaining('The input of workflow "order-with-items"'),
      issues: [
        { path: ["id"], message: expect.any(String) },
        { path: ["items", 1, "sku"], message: expect.any(String) },
      ],
    });
    await expect(engine.getRun("bad-input")).rejects.toMatchObject({ code: "run.notFound" });
    expect((await engine.listRuns({ workflow: "order-with-items" })).runs).toEqual([]);
  });

  test("that cannot be kept is refused, with where in it that is", async () => {
    const order = workflow("order", async (_: unknown) => {});
    const engine = createEngine({ workflows: [order] });
    const start = engine.start(order, { order: { callback() {} } }, { runId: "bad-value" });
    await expect(start).rejects.toBeInstanceOf(SerializationError);
    await expect(start).rejects.toMatchObject({ path: ".order.callback" });
    await expect(engine.getRun("bad-value")).rejects.toMatchObject({ code: "run.notFound" });
  });

  test("that is too large is refused, with its size and the limit", async () => {
    const order = workflow("order", async (_: string) => {});
    const engine = createEngine({ workflows: [order] });
    const start = engine.start(order, "x".repeat(500_000), { runId: "large-input" });
    await expect(start).rejects.toBeInstanceOf(PayloadTooLargeError);
    await expect(start).rejects.toMatchObject({
      code: "payload.tooLarge",
      size: expect.any(Number),
      limit: expect.any(Number),
      message: expect.stringContaining("500"),
    });
    await expect(engine.getRun("large-input")).rejects.toMatchObject({ code: "run.notFound" });
  });

  test("is a copy: what the caller changes later changes nothing", async () => {
    const order = workflow("order", async (input: { items: string[] }) => input.items.join());
    const engine = createEngine({ workflows: [order] });
    const input = { items: ["a"] };
    const run = await engine.start(order, input);
    input.items.push("b");
    await engine.settle();
    expect(await run.result()).toBe("a");
  });

  test("changed by the workflow is as it was at the next replay", async () => {
    const order = workflow("order", async (input: { items: string[] }) => {
      const first = input.items.pop();
      await step("charge", async () => {})();
      return [first, input.items.length];
    });
    const engine = createEngine({ workflows: [order], replay: "cold" });
    const run = await engine.start(order, { items: ["a", "b"] });
    await engine.settle();
    expect(await run.result()).toEqual(["b", 1]);
    expect(await engine.getRun(run.runId)).toMatchObject({ input: { items: ["a", "b"] } });
  });
});

describeOnEachStore("the output of a run", ({ createEngine }) => {
  test("is what its schema puts out", async () => {
    const order = workflow("order", async () => ({ total: "12.50", internal: "x" }), {
      output: z.object({ total: z.pipe(z.string(), z.transform(Number)) }),
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toEqual({ total: 12.5 });
    expect(await engine.getRun(run.runId)).toMatchObject({ output: { total: 12.5 } });
  });

  test("that does not fit its schema fails the run", async () => {
    const order = workflow("order", async () => ({ total: "free" }) as never, {
      output: z.object({ total: z.number() }),
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    await expect(run.result()).rejects.toBeInstanceOf(InvalidOutputError);
    await expect(run.result()).rejects.toMatchObject({
      code: "output.invalid",
      issues: [{ path: ["total"] }],
    });
    expect(await engine.getRun(run.runId)).toMatchObject({ status: "failed" });
  });

  test("may be validated by a schema that takes its time", async () => {
    const order = workflow("order", async () => 5, {
      output: z.number().check(
        z.refine(async (total) => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          return total > 3;
        }),
      ),
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toBe(5);
  });

  test.each<[string, () => unknown, string]>([
    ["cannot be kept", () => ({ f: () => 1 }), "value.notSerializable"],
    ["is too large", () => "x".repeat(500_000), "payload.tooLarge"],
  ])("that %s fails the run", async (_, output, code) => {
    const order = workflow("order", async () => output());
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    await expect(run.result()).rejects.toMatchObject({
      code,
      message: expect.stringContaining('The output of workflow "order"'),
    });
    expect(await engine.getRun(run.runId)).toMatchObject({ status: "failed", error: { code } });
  });

  test("may be as large as an item of the log", async () => {
    const order = workflow("order", async () => "x".repeat(380_000));
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toHaveLength(380_000);
    expect((await engine.getRun(run.runId)).output).toHaveLength(380_000);
  });
});
