import { expect, test } from "vitest";
import { isCancellation, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";

const REPLAYS = ["live", "cold", "verify"] as const;

describeOnEachStore("a replay", ({ createEngine }) => {
  test.each(REPLAYS)("delivers results in the order of the log (%s)", async (replay) => {
    const gates = [createGate(), createGate(), createGate(), createGate()];
    const wait = step("wait", async (n: number) => {
      await gates[n]?.pass();
      return n;
    });
    const orders: number[][] = [];
    const order = workflow("order", async () => {
      const seen: number[] = [];
      await Promise.all(
        gates.map(async (_, n) => {
          seen.push(await wait(n));
        }),
      );
      await step("after", async () => {})();
      orders.push(seen);
      return seen;
    });
    const engine = createEngine({ workflows: [order], replay });
    const run = await engine.start(order);
    await engine.settle();
    for (const n of [2, 0, 3, 1]) {
      gates[n]?.open();
      await engine.settle();
    }
    expect(await run.result()).toEqual([2, 0, 3, 1]);
    for (const seen of orders) expect(seen).toEqual([2, 0, 3, 1]);
  });

  test.each(REPLAYS)(
    "takes Promise.race of what has settled long ago as it was (%s)",
    async (replay) => {
      const late = createGate();
      const order = workflow("order", async () => {
        const a = step("a", async () => "a")();
        const b = step("b", async () => "b")();
        const c = step("c", () => late.pass())();
        await Promise.all([a, b]);
        await sleep("1m");
        const first = await Promise.race([b, a]);
        const second = await Promise.race([c, a, b]);
        const third = await Promise.race([c.then(() => "c"), sleep("1s").then(() => "timer"), a]);
        return [first, second, third];
      });
      const engine = createEngine({ workflows: [order], replay });
      const run = await engine.start(order);
      await engine.clock.advance("2m");
      expect(await run.result()).toEqual(["b", "a", "a"]);
      late.open();
      await engine.settle();
    },
  );

  test.each(REPLAYS)("follows for await over steps (%s)", async (replay) => {
    const fetchPage = step("fetch", async (page: number) => ({ items: [page, page * 10] }));
    async function* items(): AsyncGenerator<number> {
      for (let page = 1; page <= 3; page++) yield* (await fetchPage(page)).items;
    }
    const order = workflow("order", async () => {
      const all: number[] = [];
      for await (const item of items()) {
        all.push(item);
        if (item === 2) await sleep("1m");
      }
      return all;
    });
    const engine = createEngine({ workflows: [order], replay });
    const run = await engine.start(order);
    await engine.clock.advance("2m");
    expect(await run.result()).toEqual([1, 10, 2, 20, 3, 30]);
  });

  test.each(REPLAYS)(
    "lets any number of microtasks pass between two results (%s)",
    async (replay) => {
      const gates = { slow: createGate(), quick: createGate() };
      const settle = async (name: "slow" | "quick", ticks: number): Promise<string> => {
        await step(name, () => gates[name].pass())();
        for (let tick = 0; tick < ticks; tick++) await null;
        return name;
      };
      const order = workflow("order", async () => {
        const first = await Promise.race([settle("quick", 0), settle("slow", 200)]);
        await step("after", async () => {})();
        return first;
      });
      const engine = createEngine({ workflows: [order], replay });
      const run = await engine.start(order);
      await engine.settle();
      gates.slow.open();
      await engine.settle();
      gates.quick.open();
      await engine.settle();
      expect(await run.result()).toBe("slow");
    },
  );

  test.each(REPLAYS)("never lets a suspension reach catch or finally (%s)", async (replay) => {
    const reached: string[] = [];
    const order = workflow("order", async () => {
      try {
        await step("charge", async () => {})();
        await sleep("1h");
        await Promise.all([step("a", async () => {})(), sleep("1h")]);
      } catch (error) {
        reached.push(`catch ${isCancellation(error)}`);
      } finally {
        reached.push("finally");
      }
      return "done";
    });
    const engine = createEngine({ workflows: [order], replay });
    const run = await engine.start(order);
    await engine.clock.advance("1h 30m");
    expect(reached).toEqual([]);
    await engine.clock.advance("1h");
    expect(await run.result()).toBe("done");
    expect(new Set(reached)).toEqual(new Set(["finally"]));
  });

  test("goes on in a fresh engine at every point, and comes to the same", async () => {
    const ran: string[] = [];
    const note = step("note", async (name: string) => {
      ran.push(name);
      return name;
    });
    const order = workflow("order", async () => {
      const both = await Promise.all([note("a"), note("b")]);
      await sleep("10s");
      const c = await note("c");
      const winner = await Promise.race([note("d"), note("e")]);
      return [...both, c, winner].length;
    });
    const first = createEngine({ workflows: [order] });
    const { runId } = await first.start(order);
    for (let minute = 0; minute < 20; minute++) {
      const engine = createEngine({
        workflows: [order],
        now: new Date(Date.UTC(2030, 0, 1, 0, minute)),
      });
      await engine.turn({ runId });
      await engine.clock.advance("1s");
    }
    expect(await createEngine({ workflows: [order] }).result(runId)).toBe(4);
    expect(ran.sort()).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("of a long log comes to the same as the live execution", async () => {
    const add = step("add", async (n: number) => n + 1);
    const order = workflow("order", async () => {
      let sum = 0;
      for (let n = 0; n < 150; n++) sum = await add(sum);
      await sleep("1h");
      return sum;
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    const fresh = createEngine({ workflows: [order] });
    await fresh.clock.advance("1h");
    expect(await fresh.result(runId)).toBe(150);
  });
});
