/** On the real clock, with the scheduler for one process: what applications on one server use. */
import { afterEach, expect, test } from "vitest";
import { createLocalScheduler, type LocalScheduler } from "../../src/adapters/local/index.ts";
import type { AnyWorkflow } from "../../src/authoring/workflow.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { getContext, isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore, replay, silent, type World } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { countCalls } from "./watched-store.ts";

const running: LocalScheduler[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((scheduler) => scheduler.stop()));
});

function serve<const W extends AnyWorkflow>(
  world: World,
  workflows: readonly W[],
  { store = world.store, concurrency = 32 } = {},
): Engine<W> {
  const scheduler = createLocalScheduler({ concurrency, sweepEvery: "200ms", logger: silent });
  const engine = createEngine({ workflows, store, scheduler, logger: silent, replay });
  scheduler.start(engine);
  running.push(scheduler);
  return engine;
}

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

describeOnEachStore("an engine with a local scheduler", (world) => {
  test("runs many runs at once, each to its own end", async () => {
    const add = step("add", async (n: number) => {
      await tick();
      return n + 1;
    });
    const count = workflow("count", async (from: number) => {
      let n = from;
      for (let times = 0; times < 3; times++) n = await add(n);
      const both = await Promise.all([add(n), add(n * 2)]);
      return both[0] + both[1];
    });
    const engine = serve(world, [count]);
    const runs = await Promise.all(Array.from({ length: 30 }, (_, n) => engine.start(count, n)));
    const results = await Promise.all(runs.map((run) => run.result({ timeout: "25s" })));
    expect(results).toEqual(runs.map((_, n) => n + 4 + (2 * (n + 3) + 1)));
    for (const { runId } of runs) world.watch(runId, [count]);
  });

  test("sleeps, retries and times out on the real clock", async () => {
    let attempts = 0;
    const order = workflow("order", async () => {
      await sleep(20);
      const tried = await step(
        "flaky",
        async () => {
          attempts += 1;
          if (attempts === 1) throw new Error("busy");
          return attempts;
        },
        { backoff: { initial: 10 } },
      )();
      const late = await step("hang", () => new Promise(() => {}), {
        timeout: 20,
        retries: 0,
      })().catch((error: Error) => (error.cause as { code?: string }).code);
      return [tried, late];
    });
    const engine = serve(world, [order]);
    const run = await engine.start(order);
    world.watch(run.runId, [order]);
    expect(await run.result({ timeout: "25s" })).toEqual([2, "step.timeout"]);
  });

  test("cancels an order while it is being charged, and cleans up", async () => {
    const gate = createGate();
    const done: string[] = [];
    const note = (name: string) => step(name, async () => void done.push(name));
    const order = workflow("order", async () => {
      try {
        await note("reserve")();
        await step("charge", () => gate.pass())();
        await note("ship")();
      } catch (error) {
        if (isCancellation(error)) {
          await shield(async () => {
            await note("release")();
            await note("refund")();
          });
        }
        throw error;
      }
    });
    const engine = serve(world, [order]);
    const { runId } = await engine.start(order);
    world.watch(runId, [order]);
    while (gate.reached === 0) await tick();
    const cancelling = engine.cancel(runId, { reason: "enough", wait: true, timeout: "25s" });
    while ((await engine.getRun(runId)).status !== "cancelling") await tick();
    gate.open();
    expect(await cancelling).toEqual({ runId, outcome: "requested", status: "cancelled" });
    expect(done).toEqual(["reserve", "release", "refund"]);
    expect((await engine.getRun(runId)).cancellation?.cleanup).toMatchObject({
      steps: 2,
      finished: true,
    });
  });

  test("has the work of one run done by several servers, each step once", async () => {
    const ran = new Map<string, number>();
    const work = step("work", async (name: string) => {
      await tick();
      ran.set(name, (ran.get(name) ?? 0) + 1);
      return name;
    });
    const order = workflow("order", async () => {
      const names: string[] = [];
      for (let round = 0; round < 3; round++) {
        names.push(...(await Promise.all(["a", "b", "c"].map((it) => work(`${it}${round}`)))));
      }
      return names;
    });
    const engines = [1, 2, 3].map(() => serve(world, [order]));
    const [first] = engines;
    if (!first) throw new Error("no engine");
    const run = await first.start(order);
    world.watch(run.runId, [order]);
    const result = await run.result({ timeout: "25s" });
    expect(result).toEqual(["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"]);
    expect([...ran.values()]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  test("starts runs from within a step, which keep their own context", async () => {
    const inner = workflow("inner", async () => getContext().runId);
    const outer = workflow("outer", async (): Promise<[string, string, string]> => {
      const started = await step("start", async () => {
        const run = await engine.start("inner");
        return [run.runId, await run.result({ timeout: "20s" })] as const;
      })();
      return [getContext().runId, ...started];
    });
    const engine: Engine<typeof inner | typeof outer> = serve(world, [inner, outer]);
    const run = await engine.start("outer");
    const [own, started, seen] = await run.result({ timeout: "25s" });
    expect(own).toBe(run.runId);
    expect(seen).toBe(started);
    world.watch(run.runId, [outer]);
    world.watch(started, [inner]);
  });

  test("reads the log of a run that it works on but once", async () => {
    const add = step("add", async (n: number) => n + 1);
    const count = workflow("count", async () => {
      let n = 0;
      while (n < 40) n = await add(n);
      return n;
    });
    const counted = countCalls(world.store);
    const engine = serve(world, [count], { store: counted.store });
    const run = await engine.start(count);
    world.watch(run.runId, [count]);
    expect(await run.result({ timeout: "25s" })).toBe(40);
    // Its claims and completions, and hardly anything else.
    expect(counted.calls["log.append"]).toBe(80);
    if (replay !== "cold" && replay !== "verify")
      expect(counted.calls["log.read"] ?? 0).toBeLessThan(10);
  });
});
