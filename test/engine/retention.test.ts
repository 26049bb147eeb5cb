import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import type { Store } from "../../src/engine/index.ts";
import { getContext, RunNotFoundError, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { createHandHeld } from "./hand-held.ts";
import { countCalls } from "./watched-store.ts";

const order = workflow("order", async (id: number) => {
  await step("charge", async () => {})();
  await Promise.all([step("a", async () => {})(), step("b", async () => {})()]);
  return id;
});

describeOnEachStore("a run whose retention is over", ({ createEngine }) => {
  test("reads as absent", async () => {
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order, 7, { tags: ["retained"] });
    await engine.settle();
    await engine.clock.advance("29d");
    expect(await engine.getRun(runId)).toMatchObject({ status: "completed", output: 7 });
    expect((await engine.listRuns({ tag: "retained" })).runs).toHaveLength(1);
    await engine.clock.advance("2d");
    const asked = [
      () => engine.getRun(runId),
      () => engine.getEvents(runId),
      () => engine.result(runId),
      () => engine.cancel(runId),
      () => engine.terminate(runId),
    ];
    for (const ask of asked) await expect(ask()).rejects.toBeInstanceOf(RunNotFoundError);
    expect((await engine.listRuns({ tag: "retained" })).runs).toEqual([]);
  });

  test("gives its id free for another run, whose steps have keys of their own", async () => {
    const keys: string[] = [];
    const charge = workflow("charge", async () => {
      await step("charge", async () => void keys.push(getContext().idempotencyKey))();
    });
    const engine = createEngine({ workflows: [charge] });
    for (const _ of [1, 2]) {
      await engine.start(charge, undefined, { runId: "charged" });
      await engine.settle();
      await engine.clock.advance("31d");
    }
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
  });

  test("gives its id free for another run, which finds nothing of it", async () => {
    const engine = createEngine({ workflows: [order] });
    const first = await engine.start(order, 7, { runId: "recycled" });
    await engine.settle();
    expect(await first.result()).toBe(7);
    await engine.clock.advance("31d");
    const second = await engine.start(order, 8, { runId: "recycled" });
    expect(second.existing).toBe(false);
    expect((await engine.getEvents("recycled")).events).toHaveLength(1);
    await engine.settle();
    expect(await second.result()).toBe(8);
    const events = (await engine.getEvents("recycled")).events;
    expect(events.map(({ type }) => type)).toEqual([
      "workflow.started",
      "step.started",
      "step.completed",
      "step.scheduled",
      "step.scheduled",
      "step.completed",
      "step.completed",
      "workflow.completed",
    ]);
  });

  test("gives its idempotency key free", async () => {
    const engine = createEngine({ workflows: [order] });
    const first = await engine.start(order, 7, { idempotencyKey: "recycled" });
    await engine.settle();
    await engine.clock.advance("31d");
    const second = await engine.start(order, 8, { idempotencyKey: "recycled" });
    expect(second).toMatchObject({ runId: first.runId, existing: false });
    await engine.settle();
    expect(await second.result()).toBe(8);
  });
});

describe("a process that remembers a run", () => {
  const nap = workflow("nap", async (id: number) => {
    await step("before", async () => {})();
    await sleep("1h");
    return id;
  });
  const options = { runId: "recycled" };

  test.each(["cancel", "terminate"] as const)(
    "which it was asked to %s gives a younger one with its id its message",
    async (stop) => {
      const held = createHandHeld([nap], { store: createMemoryStore({ retention: "1s" }) });
      await held.engine.start("nap", 1, options);
      await held.engine[stop]("recycled");
      held.clock.now += 2_000;
      await held.another().start("nap", 2, options);
      await held.engine.turn({ runId: "recycled" });
      expect((await held.engine.getRun("recycled")).status).toBe("suspended");
    },
  );

  test("which others have ended since gives a younger one with its id its message", async () => {
    const held = createHandHeld([nap], { store: createMemoryStore({ retention: "1s" }) });
    await held.engine.start("nap", 1, options);
    await held.engine.turn({ runId: "recycled" });
    const other = held.another();
    await other.terminate("recycled");
    held.clock.now += 2_000;
    await other.start("nap", 2, options);
    await held.engine.turn({ runId: "recycled" });
    expect((await held.engine.getRun("recycled")).status).toBe("suspended");
  });

  test("which has ended while a step of it goes on gives a younger one with its id its message", async () => {
    const gate = createGate();
    const race = workflow("race", async () => {
      const quick = step("quick", async () => {});
      await Promise.race([step("slow", () => gate.pass())(), quick()]);
    });
    const held = createHandHeld([race, nap], { store: createMemoryStore({ retention: "1s" }) });
    await held.engine.start("race", undefined, options);
    await held.engine.turn({ runId: "recycled" });
    const slow = held.engine.turn({ runId: "recycled", task: 0 });
    await held.engine.turn({ runId: "recycled", task: 1 });
    expect((await held.engine.getRun("recycled")).status).toBe("completed");
    held.clock.now += 2_000;
    await held.another().start("nap", 2, options);
    await held.engine.turn({ runId: "recycled" });
    expect((await held.engine.getRun("recycled")).status).toBe("suspended");
    gate.open();
    await slow;
  });

  test("which it has ended itself gives a younger one its message, also by a clock that is behind", async () => {
    const store = createMemoryStore({ retention: "1s" });
    const held = createHandHeld([nap], { store });
    await held.engine.start("nap", 1, options);
    await held.engine.turn({ runId: "recycled" });
    await held.engine.terminate("recycled");
    const ahead = createHandHeld([nap], { store });
    ahead.clock.now += 2_000;
    await ahead.engine.start("nap", 2, options);
    await held.engine.turn({ runId: "recycled" });
    expect((await held.engine.getRun("recycled")).status).toBe("suspended");
  });

  test("that somebody has deleted leaves it alone", async () => {
    const { store, deleteHeads } = deletable(createMemoryStore());
    const held = createHandHeld([nap], { store });
    await held.engine.start("nap", 1, options);
    await held.deliverAll();
    held.clock.now += 300_000;
    await held.engine.turn({ runId: "recycled" });
    deleteHeads();
    await expect(held.engine.cancel("recycled")).rejects.toBeInstanceOf(RunNotFoundError);
    await held.engine.turn({ runId: "recycled" });
  });
});

/** A store whose heads may all be deleted. */
function deletable(inner: Store): { store: Store; deleteHeads(): void } {
  let deleted = false;
  const store: Store = {
    ...inner,
    runs: {
      ...inner.runs,
      get: async (...args) => (deleted ? undefined : await inner.runs.get(...args)),
    },
    log: {
      ...inner.log,
      append: async (key, entry, options) => {
        if (deleted && options?.change) throw new RunNotFoundError(key.runId);
        return await inner.log.append(key, entry, options);
      },
    },
  };
  return {
    store,
    deleteHeads() {
      deleted = true;
    },
  };
}

describeOnEachStore("a run that takes longer than retention", (world) => {
  const { createEngine } = world;

  test("has its log kept on each time that what was written before might go", async () => {
    const nap = workflow("nap", () => sleep("100d"));
    const { store, calls } = countCalls(world.store);
    const engine = createEngine({ workflows: [nap], store });
    const { runId } = await engine.start(nap);
    await engine.clock.advance("29d");
    expect(calls["log.keep"]).toBeUndefined();
    await engine.clock.advance("70d");
    expect(calls["log.keep"]).toBe(3);
    await engine.terminate(runId);
  });

  test("is kept until it has ended, and as long after that", async () => {
    const nap = workflow("nap", async () => {
      await step("before", async () => {})();
      await sleep("100d");
      await step("after", async () => {})();
      return "awake";
    });
    const engine = createEngine({ workflows: [nap] });
    const { runId } = await engine.start(nap);
    await engine.clock.advance("101d");
    expect(await engine.result(runId)).toBe("awake");
    expect((await engine.getEvents(runId)).events).toHaveLength(8);
    await engine.clock.advance("28d");
    expect(await engine.getRun(runId)).toMatchObject({ status: "completed" });
    await engine.clock.advance("3d");
    await expect(engine.getRun(runId)).rejects.toBeInstanceOf(RunNotFoundError);
  });
});
