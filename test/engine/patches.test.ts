/** Code that is changed while runs of it are under way. */
import { expect, test } from "vitest";
import { patched, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";

const calls: string[] = [];
const act = (name: string) => step(name, async (id: string) => void calls.push(`${name} ${id}`));
const check = act("check");
const charge = act("charge");
const ship = act("ship");

const before = workflow("order", async (id: string) => {
  await sleep("1d");
  await charge(id);
  await ship(id);
  return "unchecked";
});

const after = workflow(
  "order",
  async (id: string) => {
    await sleep("1d");
    const isChecked = patched("fraud-check");
    if (isChecked) await check(id);
    await charge(id);
    await ship(id);
    return patched("fraud-check") === isChecked && isChecked ? "checked" : "unchecked";
  },
  { patches: ["fraud-check"] },
);

/** When no run is left that began before the patch. */
const settled = workflow("order", async (id: string) => {
  await sleep("1d");
  await check(id);
  await charge(id);
  await ship(id);
  return "checked";
});

describeOnEachStore("a workflow that is patched while its runs sleep", (world) => {
  test.each(["live", "cold"] as const)(
    "goes on as it began, and new runs go the new way (%s)",
    async (replay) => {
      calls.length = 0;
      const old = world.createEngine({ workflows: [before], replay });
      const first = await old.start("order", "A");
      await old.clock.advance("1h");
      const engine = world.createEngine({ workflows: [after], replay });
      const second = await engine.start("order", "B");
      await engine.clock.advance("2d");
      expect(await engine.result(first.runId)).toBe("unchecked");
      expect(await second.result()).toBe("checked");
      expect(calls.filter((call) => call.endsWith("A"))).toEqual(["charge A", "ship A"]);
      expect(calls.filter((call) => call.endsWith("B"))).toEqual(["check B", "charge B", "ship B"]);
      const [start] = (await engine.getEvents(second.runId)).events;
      expect(start).toMatchObject({ type: "workflow.started", patches: ["fraud-check"] });
      const [oldStart] = (await engine.getEvents(first.runId)).events;
      expect(oldStart).not.toHaveProperty("patches");
      for (const { runId } of [first, second]) world.watch(runId, [after]);
    },
  );

  test("is patched for ever, also when the name is dropped while the code still asks", async () => {
    const engine = world.createEngine({ workflows: [after] });
    const run = await engine.start("order", "A");
    await engine.settle();
    const dropped = workflow("order", after.run, { patches: ["another"] });
    const later = world.createEngine({ workflows: [dropped] });
    await later.clock.advance("2d");
    expect(await later.result(run.runId)).toBe("checked");
    world.watch(run.runId, [dropped]);
  });

  test("fits code that asks no more, once all of its runs began with the patch", async () => {
    const engine = world.createEngine({ workflows: [after] });
    const run = await engine.start("order", "A");
    await engine.settle();
    const later = world.createEngine({ workflows: [settled] });
    await later.clock.advance("2d");
    expect(await later.result(run.runId)).toBe("checked");
    world.watch(run.runId, [settled]);
  });

  test("is the same run for who starts it again under the patch", async () => {
    const idempotencyKey = `order-${crypto.randomUUID()}`;
    const old = world.createEngine({ workflows: [before] });
    const { runId } = await old.start("order", "A", { idempotencyKey });
    await old.settle();
    const engine = world.createEngine({ workflows: [after] });
    const again = await engine.start("order", "A", { idempotencyKey });
    expect(again).toMatchObject({ runId, existing: true });
    await engine.clock.advance("2d");
    expect(await again.result()).toBe("unchecked");
  });
});

describeOnEachStore("a workflow that asks for a patch which it does not name", (world) => {
  const forgetful = workflow("order", after.run);

  test("has a problem that says what to do, and goes on when it is named", async () => {
    const engine = world.createEngine({ workflows: [forgetful] });
    const { runId } = await engine.start("order", "A");
    await engine.clock.advance("1d");
    const run = await engine.getRun(runId);
    expect(run.status).not.toBe("failed");
    expect(run.problem).toMatchObject({
      code: "workflow.unknownPatch",
      message: expect.stringContaining('{ patches: ["fraud-check"] }'),
    });
    const mended = world.createEngine({ workflows: [after] });
    await mended.wake(runId);
    await mended.clock.advance("1m");
    expect(await mended.result(runId)).toBe("unchecked");
    expect((await mended.getRun(runId)).problem).toBeUndefined();
    world.watch(runId, [after]);
  });

  test("has it even if the code swallows the error", async () => {
    const swallowing = workflow("order", async (_: string) => {
      try {
        patched("fraud-check");
      } catch {}
      await sleep("1h");
    });
    const engine = world.createEngine({ workflows: [swallowing] });
    const { runId } = await engine.start("order", "A");
    await engine.settle();
    expect((await engine.getRun(runId)).problem).toMatchObject({ code: "workflow.unknownPatch" });
    expect((await engine.getEvents(runId)).events).toHaveLength(1);
    world.watch(runId, [before]);
  });

  test("is told of in a step of its own, where nobody may ask", async () => {
    const asking = step("asking", async () => patched("fraud-check"), { retries: 0 });
    const order = workflow("order", async () => await asking(), { patches: ["fraud-check"] });
    const engine = world.createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await expect(run.result()).rejects.toMatchObject({
      code: "step.failed",
      cause: { code: "configuration.invalid" },
    });
  });
});

describeOnEachStore("versions side by side", (world) => {
  const second = workflow("order", settled.run, { version: "2" });

  test("each end as they began, whichever else is deployed", async () => {
    const old = world.createEngine({ workflows: [before] });
    const first = await old.start("order", "A");
    await old.settle();
    const both = world.createEngine({ workflows: [before, second] });
    const next = await both.start("order", "B");
    expect((await both.getRun(next.runId)).version).toBe("2");
    await both.clock.advance("2d");
    expect(await both.result(first.runId)).toBe("unchecked");
    expect(await next.result()).toBe("checked");
  });

  test("wait for theirs where it is not deployed, and go on when it is", async () => {
    const old = world.createEngine({ workflows: [before] });
    const { runId } = await old.start("order", "A");
    await old.settle();
    const only = world.createEngine({ workflows: [second] });
    await only.clock.advance("2d");
    const run = await only.getRun(runId);
    expect(run.problem).toMatchObject({ code: "workflow.notFound" });
    expect(run.status).toBe("suspended");
    const both = world.createEngine({ workflows: [before, second] });
    await both.clock.advance("3d");
    expect(await both.result(runId)).toBe("unchecked");
    expect((await both.getRun(runId)).problem).toBeUndefined();
  });
});
