/** What users test their workflows with. */
import { readFile } from "node:fs/promises";
import { describe, expect, test, vi } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { getContext, RunNotFoundError, sleep, step, workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { createGate } from "../engine/gate.ts";
import { around } from "../engine/watched-store.ts";
import { silent } from "../silent.ts";

const nap = workflow("nap", async (duration: string) => {
  const began = getContext().now().getTime();
  await sleep(duration);
  return getContext().now().getTime() - began;
});

describe("a test engine that refuses what nobody awaits", () => {
  const order = workflow("order", async () => {
    await step("charge", async () => {})();
    void step("notify", async () => {})();
    return "done";
  });
  const refusal = /run "order_1" called step "notify" without awaiting it/;
  const open = () =>
    createTestEngine({ workflows: [order, nap], logger: silent, unawaited: "refuse" });

  test("rejects as it settles, once", async () => {
    const engine = open();
    await engine.start(order, undefined, { runId: "order_1" });
    await expect(engine.settle()).rejects.toThrow(refusal);
    await engine.settle();
  });

  test("rejects as its time moves", async () => {
    const engine = open();
    await engine.start(order, undefined, { runId: "order_1" });
    await expect(engine.clock.advance("1h")).rejects.toThrow(refusal);
  });

  test("rejects who waits for the result", async () => {
    const engine = open();
    const run = await engine.start(order, undefined, { runId: "order_1" });
    await expect(run.result()).rejects.toThrow(refusal);
    expect(await run.result()).toBe("done");
  });

  test("says so of the run's log whenever it is checked", async () => {
    const engine = open();
    await engine.start(order, undefined, { runId: "order_1" });
    await engine.settle().catch(() => {});
    await expect(engine.checkInvariants("order_1")).rejects.toThrow(refusal);
    await expect(engine.checkInvariants("order_1")).rejects.toThrow(refusal);
  });

  test("lets everything else pass, and refuses nothing unless it is told to", async () => {
    const engine = open();
    const run = await engine.start(nap, "1h");
    await engine.clock.advance("1h");
    expect(await run.result()).toBe(3_600_000);
    await engine.checkInvariants(run.runId);
    const lenient = createTestEngine({ workflows: [order], logger: silent });
    const { runId } = await lenient.start(order);
    await lenient.settle();
    await lenient.checkInvariants(runId);
  });
});

describe("a test engine", () => {
  test("needs nothing but workflows, and begins in 2030", async () => {
    const engine = createTestEngine({ workflows: [nap] });
    expect(new Date(engine.clock.now())).toEqual(new Date("2030-01-01T00:00:00Z"));
    const run = await engine.start(nap, "1h");
    await engine.settle();
    expect(await engine.getRun(run.runId)).toMatchObject({ status: "suspended" });
    await engine.clock.advance("1h");
    expect(await run.result()).toBe(3_600_000);
  });

  test("begins when it is told to", () => {
    const now = new Date("2024-02-29T12:00:00Z");
    expect(createTestEngine({ workflows: [], now }).clock.now()).toBe(now.getTime());
  });

  test("does nothing before it is asked to settle", async () => {
    let ran = false;
    const order = workflow("order", async () => {
      ran = true;
    });
    const engine = createTestEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ran).toBe(false);
    expect(await engine.getRun(runId)).toMatchObject({ status: "pending" });
  });

  test("settles when nothing more is due, whatever is due later", async () => {
    let steps = 0;
    const order = workflow("order", async () => {
      for (let n = 0; n < 30; n++) await step("count", async () => steps++)();
      await sleep("1ms");
      await step("count", async () => steps++)();
    });
    const engine = createTestEngine({ workflows: [order] });
    await engine.start(order);
    await engine.settle();
    expect(steps).toBe(30);
    await engine.settle();
    expect(steps).toBe(30);
  });

  test("settles also when a step waits for the test, and goes on when it no longer does", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      await step("wait", () => gate.pass())();
      return "done";
    });
    const engine = createTestEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(gate.reached).toBe(1);
    expect(await engine.getRun(run.runId)).toMatchObject({ status: "running" });
    gate.open();
    await engine.settle();
    expect(await run.result()).toBe("done");
  });

  test("waits for steps that take a little real time", async () => {
    const order = workflow("order", async () =>
      step("read", async () => {
        for (const ms of [1, 2, 3, 120]) await new Promise((resolve) => setTimeout(resolve, ms));
        await sleep("1m");
        await new Promise((resolve) => setTimeout(resolve, 60));
        return (await readFile(new URL(import.meta.url), "utf8")).length > 0;
      })(),
    );
    const engine = createTestEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    await engine.clock.advance("1m");
    expect(await run.result()).toBe(true);
    expect((await engine.getRun(run.runId)).endedAt).toEqual(new Date("2030-01-01T00:01:00Z"));
  });

  test("has patience with a step that waits for the test once, and not at each moment on the way", async () => {
    const order = workflow("order", async () => {
      await step("wait", () => new Promise(() => {}))();
    });
    const engine = createTestEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    const timers = vi.spyOn(globalThis, "setTimeout");
    await engine.clock.advance("10m");
    const { length: renewals } = (await engine.getEvents(runId)).events.filter(
      ({ type }) => type === "step.renewed",
    );
    expect(renewals).toBeGreaterThan(100);
    expect(timers.mock.calls.length).toBeLessThan(4 * renewals);
    timers.mockRestore();
  });

  test("lets everything happen on the way when its clock moves, each at its time", async () => {
    const times: number[] = [];
    let attempts = 0;
    const order = workflow("order", async () => {
      const note = step("note", async () => void times.push(engine.clock.now() - began));
      await note();
      await sleep("10m");
      await note();
      await step(
        "flaky",
        async () => {
          attempts += 1;
          if (attempts < 3) throw new Error("busy");
        },
        { backoff: { initial: "1m", factor: 1, jitter: false } },
      )();
      await note();
      await step("slow", async () => sleep("30s"))();
      await note();
    });
    const engine = createTestEngine({ workflows: [order] });
    const began = engine.clock.now();
    const run = await engine.start(order);
    await engine.clock.advance("30d");
    expect(await engine.getRun(run.runId)).toMatchObject({ status: "completed" });
    expect(times).toEqual([0, 600_000, 720_000, 750_000]);
  });

  test("runs what is due while the test waits for a run, and no further", async () => {
    const order = workflow("order", async () => {
      const charge = step("charge", async () => 1);
      let sum = 0;
      for (let n = 0; n < 5; n++) sum += await charge();
      return sum + (await Promise.all([charge(), charge()])).length;
    });
    const engine = createTestEngine({ workflows: [order, nap] });
    const run = await engine.start(order);
    const asleep = await engine.start(nap, "1h");
    expect(await run.result()).toBe(7);
    expect(await engine.result(run.runId)).toBe(7);
    const waiting = asleep.result();
    await engine.clock.advance("59m");
    expect(await engine.getRun(asleep.runId)).toMatchObject({ status: "suspended" });
    await engine.clock.advance("1m");
    expect(await waiting).toBe(3_600_000);
  });

  test("runs what is due while the test waits for a cancellation", async () => {
    const engine = createTestEngine({ workflows: [nap] });
    const runs = [];
    for (let n = 0; n < 5; n++) runs.push(await engine.start(nap, "1h"));
    await engine.settle();
    const [first, second] = runs;
    const cancelled = { outcome: "requested", status: "cancelled" };
    expect(await first?.cancel({ wait: true })).toMatchObject(cancelled);
    expect(await engine.cancel(second?.runId ?? "", { wait: true })).toMatchObject(cancelled);
    const answers = [];
    for await (const answer of engine.cancelAll({}, { wait: true })) answers.push(answer);
    expect(answers).toMatchObject([cancelled, cancelled, cancelled]);
  });

  test("moves through years of sleep in no time", async () => {
    const engine = createTestEngine({ workflows: [nap] });
    const run = await engine.start(nap, "730d");
    await engine.clock.advance("731d");
    expect(await run.result()).toBe(730 * 86_400_000);
  });

  test("works on the store it is given", async () => {
    const store = createMemoryStore();
    const first = createTestEngine({ workflows: [nap], store });
    const { runId } = await first.start(nap, "1h");
    await first.settle();
    const second = createTestEngine({ workflows: [nap], store, now: new Date("2030-01-02") });
    await second.settle();
    expect(second.store).toBe(store);
    expect(await second.result(runId)).toBe(86_400_000);
  });

  test("delivers again what failed", async () => {
    const store = createMemoryStore();
    let failures = 3;
    const failing = around(store, async (name, call) => {
      if (name === "log.append" && failures-- > 0) throw new Error("broken");
      return await call();
    });
    const engine = createTestEngine({ workflows: [nap], store: failing, logger: silent });
    const run = await engine.start(nap, "1s");
    await engine.clock.advance("1m");
    expect(await run.result()).toBeGreaterThanOrEqual(1000);
  });
});

describe("checking the invariants of a run", () => {
  test("passes for a good log, whatever state it is in", async () => {
    const engine = createTestEngine({ workflows: [nap] });
    const { runId } = await engine.start(nap, "1h");
    await engine.checkInvariants(runId);
    await engine.settle();
    await engine.checkInvariants(runId);
    await engine.cancel(runId);
    await engine.checkInvariants(runId);
    await engine.settle();
    await engine.checkInvariants(runId);
  });

  test("fails for a log that somebody has tampered with", async () => {
    const engine = createTestEngine({ workflows: [nap] });
    const { runId } = await engine.start(nap, "1h");
    await engine.clock.advance("2h");
    const head = await engine.store.runs.get(runId, engine.clock.now());
    if (!head) throw new Error("no head");
    await engine.store.log.append(head, {
      position: head.position + 1,
      id: "tampered",
      at: engine.clock.now(),
      events: [{ type: "sleep.started", command: 5, shielded: false, until: 0 }],
    });
    await expect(engine.checkInvariants(runId)).rejects.toThrow("nothing follows the end");
  });

  test("fails for a log that its code does not fit", async () => {
    const store = createMemoryStore();
    const { runId } = await (async () => {
      const engine = createTestEngine({ workflows: [nap], store });
      const run = await engine.start(nap, "1h");
      await engine.settle();
      return run;
    })();
    const other = workflow("nap", async () => step("nap", async () => {})());
    const engine = createTestEngine({ workflows: [other], store, logger: silent });
    await expect(engine.checkInvariants(runId)).rejects.toThrow("recorded as sleep");
  });

  test("of an unknown run is refused", async () => {
    const engine = createTestEngine({ workflows: [] });
    await expect(engine.checkInvariants("nobody")).rejects.toBeInstanceOf(RunNotFoundError);
  });
});
