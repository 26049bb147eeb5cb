import { expect, test } from "vitest";
import * as z from "zod/mini";
import type { StartOptions } from "../../src/engine/index.ts";
import { IdempotencyConflictError, InvalidInputError, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createHandHeld } from "./hand-held.ts";

const order = workflow("order", async (input: { id: number; due?: Date }) => {
  await step("charge", async () => {})();
  return input.id;
});
const refund = workflow("refund", async (input: { id: number }) => input.id);

describeOnEachStore("a start with an idempotency key", ({ createEngine }) => {
  test("that is repeated answers the run that exists, in whatever state that is", async () => {
    const engine = createEngine({ workflows: [order] });
    const options = { idempotencyKey: "repeated" };
    const first = await engine.start(order, { id: 7, due: new Date(5) }, options);
    expect(first).toMatchObject({ existing: false, status: "pending" });
    const second = await engine.start(order, { id: 7, due: new Date(5) }, options);
    expect(second).toMatchObject({ runId: first.runId, existing: true, status: "pending" });
    await engine.settle();
    const third = await engine.start(order, { due: new Date(5), id: 7 }, options);
    expect(third).toMatchObject({ runId: first.runId, existing: true, status: "completed" });
    expect(await third.result()).toBe(7);
    expect((await engine.getEvents(first.runId)).events).toHaveLength(4);
  });

  test("and another input is a conflict, and changes nothing", async () => {
    const engine = createEngine({ workflows: [order] });
    const first = await engine.start(order, { id: 7 }, { idempotencyKey: "conflict" });
    for (const input of [{ id: 8 }, { id: 7, due: new Date(0) }]) {
      const again = engine.start(order, input, { idempotencyKey: "conflict" });
      await expect(again).rejects.toBeInstanceOf(IdempotencyConflictError);
      await expect(again).rejects.toMatchObject({
        code: "run.idempotencyConflict",
        runId: first.runId,
      });
    }
    expect(await engine.getRun(first.runId)).toMatchObject({ input: { id: 7 } });
  });

  test("of another workflow is another run", async () => {
    const engine = createEngine({ workflows: [order, refund] });
    const first = await engine.start(order, { id: 7 }, { idempotencyKey: "shared" });
    const second = await engine.start(refund, { id: 7 }, { idempotencyKey: "shared" });
    expect(second.existing).toBe(false);
    expect(second.runId).not.toBe(first.runId);
  });

  test("that differs is another run", async () => {
    const engine = createEngine({ workflows: [order] });
    const ids = new Set<string>();
    for (const idempotencyKey of ["a", "b", "A", " a", "ä", undefined, undefined]) {
      ids.add((await engine.start(order, { id: 7 }, { idempotencyKey })).runId);
    }
    expect(ids.size).toBe(7);
  });

  test("compares what the schema puts out, not how the input was written", async () => {
    const dated = workflow("dated", async () => {}, {
      input: z.object({
        on: z.pipe(
          z.string(),
          z.transform((text) => new Date(text)),
        ),
      }),
    });
    const engine = createEngine({ workflows: [dated] });
    const options = { idempotencyKey: "dated" };
    await engine.start(dated, { on: "2030-01-01" }, options);
    const again = await engine.start(dated, { on: "2030-01-01T00:00:00Z" }, options);
    expect(again.existing).toBe(true);
  });

  test("compares what was given, whatever the schema adds at the moment and whichever key comes first", async () => {
    let now = 0;
    const stamped = workflow("stamped", async () => {}, {
      input: z.object({
        to: z.object({ street: z.string(), zip: z.optional(z.string()) }),
        lines: z.array(z.record(z.string(), z.number())),
        at: z._default(z.date(), () => new Date(now++)),
      }),
    });
    const engine = createEngine({ workflows: [stamped] });
    const options = { idempotencyKey: "stamped" };
    const given = { to: { street: "a", zip: "b" }, lines: [{ x: 1, y: 2 }] };
    const first = await engine.start(stamped, given, options);
    const other = { lines: [{ y: 2, x: 1 }], to: { zip: "b", street: "a" } };
    const again = await engine.start(stamped, other, options);
    expect(again).toMatchObject({ runId: first.runId, existing: true });
    expect(now).toBe(2);
    for (const lines of [[{ x: 2, y: 1 }], [{ x: 1 }, { y: 2 }], [{ x: 1, y: 2, z: 3 }]]) {
      const conflict = engine.start(stamped, { ...given, lines }, options);
      await expect(conflict).rejects.toBeInstanceOf(IdempotencyConflictError);
    }
  });

  test("compares each part once, however many paths lead there", async () => {
    const doubled = (end: string): unknown =>
      Array.from({ length: 60 }).reduce((level) => ({ left: level, right: level }), end);
    const tree = workflow("tree", async (_: unknown) => {});
    const engine = createEngine({ workflows: [tree] });
    const options = { idempotencyKey: "doubled" };
    const first = await engine.start(tree, doubled("x"), options);
    const again = await engine.start(tree, doubled("x"), options);
    expect(again).toMatchObject({ runId: first.runId, existing: true });
    const conflict = engine.start(tree, doubled("y"), options);
    await expect(conflict).rejects.toBeInstanceOf(IdempotencyConflictError);
  });

  test("made many times at once starts one run, which runs once", async () => {
    let charged = 0;
    const pay = workflow("pay", async (id: number) => {
      await step("charge", async () => void charged++)();
      return id;
    });
    const engines = [1, 2, 3].map(() => createEngine({ workflows: [pay] }));
    const handles = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        engines[index % 3]?.start(pay, 7, { idempotencyKey: "at-once" }),
      ),
    );
    expect(new Set(handles.map((handle) => handle?.runId)).size).toBe(1);
    expect(handles.filter((handle) => handle?.existing === false)).toHaveLength(1);
    await Promise.all(engines.map((engine) => engine.settle()));
    expect(await handles[0]?.result()).toBe(7);
    expect(charged).toBe(1);
  });
});

describeOnEachStore("a start with a run id", (world) => {
  const { createEngine } = world;

  test("uses that id", async () => {
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order, { id: 7 }, { runId: "order/7 größe" });
    expect(run.runId).toBe("order/7 größe");
    await engine.settle();
    expect(await engine.getRun("order/7 größe")).toMatchObject({ status: "completed" });
  });

  test("that is repeated answers the run that exists", async () => {
    const engine = createEngine({ workflows: [order] });
    await engine.start(order, { id: 7 }, { runId: "again" });
    expect(await engine.start(order, { id: 7 }, { runId: "again" })).toMatchObject({
      runId: "again",
      existing: true,
    });
  });

  test("sends its first message at once again, however often a sweep has done so", async () => {
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order", { id: 7 });
    world.watch(runId, [order]);
    await held.engine.sweep();
    held.takeSent();
    await held.engine.start("order", { id: 7 }, { runId });
    expect(held.takeSent()).toEqual([{ continuation: { runId } }]);
  });

  test("and another input or workflow is a conflict", async () => {
    const engine = createEngine({ workflows: [order, refund] });
    await engine.start(order, { id: 7 }, { runId: "taken" });
    const conflict = { code: "run.idempotencyConflict", runId: "taken" };
    await expect(engine.start(order, { id: 8 }, { runId: "taken" })).rejects.toMatchObject(
      conflict,
    );
    await expect(engine.start(refund, { id: 7 }, { runId: "taken" })).rejects.toMatchObject(
      conflict,
    );
  });

  test("gives every other run an id of its own", async () => {
    const engine = createEngine({ workflows: [order] });
    const first = await engine.start(order, { id: 7 });
    const second = await engine.start(order, { id: 7 });
    expect(first.runId).toMatch(/^run_/);
    expect(second.runId).toMatch(/^run_/);
    expect(second.runId).not.toBe(first.runId);
  });
});

describeOnEachStore("a start at a later time", ({ createEngine }) => {
  test("runs no code before that time", async () => {
    let ran = 0;
    const later = workflow("later", async () => {
      ran++;
    });
    const engine = createEngine({ workflows: [later] });
    const { runId } = await engine.start(later, undefined, {
      startAt: new Date("2030-01-03T00:00:00Z"),
    });
    await engine.clock.advance("47h 59m 59s");
    expect(ran).toBe(0);
    expect(await engine.getRun(runId)).toMatchObject({ status: "pending" });
    await engine.turn({ runId });
    expect(ran).toBe(0);
    expect(await engine.getRun(runId)).not.toHaveProperty("startedAt");
    expect(await engine.getRun(runId)).toMatchObject({ status: "pending" });
    await engine.clock.advance("1s");
    expect(ran).toBeGreaterThan(0);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "completed",
      createdAt: new Date("2030-01-01T00:00:00Z"),
      startedAt: new Date("2030-01-03T00:00:00Z"),
    });
  });

  test("that is past starts at once", async () => {
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order, { id: 7 }, { startAt: new Date(0) });
    await engine.settle();
    expect(await run.result()).toBe(7);
  });
});

describeOnEachStore("a start", ({ createEngine }) => {
  test("keeps its tags, each once", async () => {
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order, { id: 7 }, { tags: ["b", "a", "b"] });
    expect((await engine.getRun(runId)).tags).toEqual(["b", "a"]);
  });

  test.each<[string, StartOptions]>([
    ["runId", { runId: "" }],
    ["runId", { runId: "a\u0000b" }],
    ["runId", { runId: "x".repeat(5000) }],
    ["runId", { runId: 7 as never }],
    ["idempotencyKey", { idempotencyKey: "" }],
    ["idempotencyKey", { idempotencyKey: null as never }],
    ["tags", { tags: "blue" as never }],
    ["tags", { tags: [""] }],
    ["tags", { tags: [5 as never] }],
    ["tags", { tags: Array.from({ length: 1000 }, (_, index) => `tag ${index}`) }],
    ["startAt", { startAt: new Date(Number.NaN) }],
    ["startAt", { startAt: "tomorrow" as never }],
    ["startAt", { startAt: 5 as never }],
  ])("refuses a bad %s", async (option, options) => {
    const engine = createEngine({ workflows: [order] });
    const start = engine.start(order, { id: 7 }, options);
    await expect(start).rejects.toBeInstanceOf(InvalidInputError);
    await expect(start).rejects.toMatchObject({
      code: "input.invalid",
      issues: [{ path: [option] }],
    });
  });

  test("takes options that are undefined", async () => {
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(
      order,
      { id: 7 },
      { runId: undefined, idempotencyKey: undefined, tags: undefined, startAt: undefined },
    );
    await engine.settle();
    expect(await run.result()).toBe(7);
  });
});
