import { expect, test } from "vitest";
import { getContext, isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";
import { createCluster } from "./cluster.ts";
import { describeOnEachStore } from "./each-store.ts";
import { eventsOf } from "./story.ts";
import { whileTimePasses } from "./while-time-passes.ts";

const SEEDS = [1, 2, 3, 4];

describeOnEachStore("several engines over one store", (world) => {
  test.each(SEEDS)("run a sequence as one would (seed %i)", async (seed) => {
    const ran: number[] = [];
    const order = workflow("order", async () => {
      const { random } = getContext();
      const sums: number[] = [];
      for (let n = 0; n < 12; n++) {
        sums.push(await step("add", async () => ran.push(n))());
        if (random() < 0.3) await sleep("1m");
      }
      return sums;
    });
    const cluster = createCluster(world, { workflows: [order], size: 3, seed });
    const run = await cluster.start(order);
    await cluster.clock.advance("1h");
    expect(await run.result()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(ran).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test.each(SEEDS)("run parallel branches as one would (seed %i)", async (seed) => {
    const ran = new Map<string, number>();
    const work = step(
      "work",
      async (name: string) => {
        const { attempt } = getContext();
        ran.set(`${name} #${attempt}`, (ran.get(`${name} #${attempt}`) ?? 0) + 1);
        if (name.endsWith("b") && attempt === 1) throw new Error("busy");
        return name.toUpperCase();
      },
      { backoff: "fixed" },
    );
    const branch = async (name: string): Promise<string> => {
      const a = await work(`${name}.a`);
      await sleep("10s");
      return a + (await work(`${name}.b`));
    };
    const order = workflow("order", async () => Promise.all(["x", "y", "z"].map(branch)));
    const cluster = createCluster(world, { workflows: [order], size: 4, seed });
    const run = await cluster.start(order);
    await cluster.clock.advance("1h");
    expect(await run.result()).toEqual(["X.AX.B", "Y.AY.B", "Z.AZ.B"]);
    expect([...ran].filter(([, times]) => times !== 1)).toEqual([]);
    expect(ran.size).toBe(9);
  });

  test.each(SEEDS)("run fifty at once, each message coming twice (seed %i)", async (seed) => {
    const ran: number[] = [];
    const work = step("work", async (n: number) => {
      ran.push(n);
      return n;
    });
    const numbers = Array.from({ length: 50 }, (_, n) => n);
    const order = workflow("order", async () => Promise.all(numbers.map((n) => work(n))));
    const cluster = createCluster(world, { workflows: [order], size: 3, seed, duplicates: 1 });
    const run = await cluster.start(order);
    await cluster.clock.advance("5m");
    expect(await run.result()).toEqual(numbers);
    expect(ran.sort((a, b) => a - b)).toEqual(numbers);
    const [engine] = cluster.engines;
    if (!engine) throw new Error("no engine");
    expect(await eventsOf(engine, run.runId, "step.completed")).toHaveLength(50);
  });

  test.each(SEEDS)("clean up once, whoever hears of the cancellation (seed %i)", async (seed) => {
    const cleaned: string[] = [];
    const clean = step("clean", async (name: string) => void cleaned.push(name));
    const work = step("work", async () => {});
    const order = workflow("order", async () => {
      try {
        for (;;) {
          await Promise.all([work(), work(), work()]);
          await sleep("1m");
        }
      } catch (error) {
        if (isCancellation(error)) {
          await shield(async () => {
            await Promise.all([clean("a"), clean("b")]);
            await clean("c");
          });
        }
        throw error;
      }
    });
    const cluster = createCluster(world, { workflows: [order], size: 3, seed, duplicates: 0.5 });
    const run = await cluster.start(order);
    await cluster.clock.advance("10m");
    const [first, second, third] = cluster.engines;
    const asking = Promise.all(
      [first, second, third].map((engine) => engine?.cancel(run.runId, { reason: "enough" })),
    );
    const answers = await whileTimePasses(cluster.clock, asking);
    await cluster.clock.advance("10m");
    const outcomes = answers.map((answer) => answer?.outcome);
    expect(outcomes.filter((outcome) => outcome === "requested")).toHaveLength(1);
    expect(await first?.getRun(run.runId)).toMatchObject({
      status: "cancelled",
      cancellation: { cleanup: { steps: 3, finished: true } },
    });
    expect(cleaned.slice(0, 2).sort()).toEqual(["a", "b"]);
    expect(cleaned.slice(2)).toEqual(["c"]);
  });

  test("keep forty runs apart", async () => {
    const add = step("add", async (n: number) => n + 1);
    const count = workflow("count", async (from: number) => {
      let n = from;
      for (let times = 0; times < 3; times++) n = await add(n);
      return n;
    });
    const cluster = createCluster(world, { workflows: [count], size: 3, seed: 7 });
    const runs = await Promise.all(
      Array.from({ length: 40 }, (_, from) => cluster.start(count, from * 10)),
    );
    await cluster.clock.advance("1m");
    const results = await Promise.all(runs.map((run) => run.result()));
    expect(results).toEqual(runs.map((_, from) => from * 10 + 3));
  });
});
