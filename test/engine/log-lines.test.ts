/** What workflow code logs is written once, by whoever's entry brought the code there. */
import { expect, test } from "vitest";
import { getContext, sleep, step, workflow } from "../../src/index.ts";
import { createCluster } from "./cluster.ts";
import { collectLogs } from "./collected-logs.ts";
import { describeOnEachStore } from "./each-store.ts";

const work = step("work", async (n: number) => n, { inline: true });
const apart = step("apart", async (n: number) => n);
const order = workflow("order", async (id: number) => {
  const say = (what: string): void => getContext().logger.info(`${id} ${what}`);
  say("begins");
  for (let n = 0; n < 3; n++) say(`worked ${await work(n)}`);
  await Promise.all(
    Array.from({ length: 6 }, async (_, n) => {
      say(`did ${await apart(n)} apart`);
    }),
  );
  await sleep("1m");
  say("slept");
  for (let n = 0; n < 3; n++) say(`did ${await apart(n)}`);
  say("ends");
});
const LINES = 1 + 3 + 6 + 1 + 3 + 1;

describeOnEachStore("what workflow code logs", (world) => {
  test.each(["live", "cold"] as const)(
    "is written once with three engines that get messages twice (%s)",
    async (replay) => {
      const { logger, lines } = collectLogs();
      const options = { workflows: [order], size: 3, duplicates: 0.4, logger, replay };
      const RUNS = 8;
      for (let seed = 0; seed < RUNS; seed++) {
        const cluster = createCluster(world, { ...options, seed });
        const { runId } = await cluster.start("order", seed);
        await cluster.settle();
        await cluster.clock.advance("5m");
        const [engine] = cluster.engines;
        expect(await engine?.getRun(runId)).toMatchObject({ status: "completed" });
      }
      const said = lines.filter(({ level }) => level === "info").map(({ message }) => message);
      expect([...said].sort()).toEqual([...new Set(said)].sort());
      expect(said).toHaveLength(RUNS * LINES);
    },
  );

  test("is as it was when it was logged", async () => {
    const { logger, lines } = collectLogs();
    const code = workflow("order", async () => {
      const cart = { items: ["book"], total: 12, of: new Date(0) };
      getContext().logger.info("filled", { cart, left: cart.items });
      cart.items.push("pen");
      cart.total = 15;
      await work(1);
    });
    const engine = world.createEngine({ workflows: [code], logger });
    await engine.start(code);
    await engine.settle();
    expect(lines).toMatchObject([
      {
        message: "filled",
        fields: { cart: { items: ["book"], total: 12, of: new Date(0) }, left: ["book"] },
      },
    ]);
  });

  test("is written as well where the code cannot go on", async () => {
    const { logger, lines } = collectLogs();
    const code = workflow("order", async () => {
      getContext().logger.info("about to wait for what is not there");
      await new Promise(() => {});
    });
    const engine = world.createEngine({ workflows: [code], logger });
    const { runId } = await engine.start(code);
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({
      problem: { code: "workflow.foreignAwait" },
    });
    // Each try says what the code said.
    const tries = lines.filter(({ level }) => level === "error");
    expect(tries.length).toBeGreaterThan(0);
    expect(lines.map(({ level }) => level)).toEqual(tries.flatMap(() => ["info", "error"]));
  });
});
