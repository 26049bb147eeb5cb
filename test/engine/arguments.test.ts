import { expect, test } from "vitest";
import { StepFailedError, shield, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { storyOf } from "./story.ts";

describeOnEachStore("the arguments of a step", ({ createEngine }) => {
  test("are what they were when it was called, whatever the code does to them then", async () => {
    const fetched: string[] = [];
    const fetchPage = step("fetch", async (page: { number: number; tags: Set<string> }) => {
      fetched.push(`${page.number} ${[...page.tags]}`);
      return page.number;
    });
    const order = workflow("order", async () => {
      const page = { number: 0, tags: new Set<string>() };
      const jobs: Promise<number>[] = [];
      for (const number of [1, 2, 3]) {
        page.number = number;
        page.tags.add(`t${number}`);
        jobs.push(fetchPage(page));
      }
      page.number = 4;
      const numbers = await Promise.all(jobs);
      return [...numbers, await fetchPage(page)];
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toEqual([1, 2, 3, 4]);
    expect(fetched.toSorted()).toEqual(["1 t1", "2 t1,t2", "3 t1,t2,t3", "4 t1,t2,t3"]);
  });

  test("are the same for every attempt, each with a copy of its own", async () => {
    const seen: unknown[] = [];
    const given: { items: string[]; at: Date }[] = [];
    const charge = step(
      "charge",
      async (it: { items: string[]; at: Date }, same: { items: string[]; at: Date }) => {
        seen.push(structuredClone(it), it === same);
        it.items.push("more");
        it.at.setTime(0);
        if (seen.length < 6) throw new Error("not yet");
      },
      { backoff: { initial: "1m", jitter: false } },
    );
    const order = workflow("order", async () => {
      const it = { items: ["apple"], at: new Date(1000) };
      given.push(it);
      const [, , late] = await Promise.all([
        charge(it, it),
        (async () => {
          await sleep("30s");
          it.items.push("late");
        })(),
        sleep("1h").then(() => it.items.length),
      ]);
      return late;
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const run = await engine.start(order);
    await engine.clock.advance("2h");
    expect(await run.result()).toBe(2);
    const first = { items: ["apple"], at: new Date(1000) };
    expect(seen).toEqual([first, true, first, true, first, true]);
    expect(given[0]).toEqual({ items: ["apple", "late"], at: new Date(1000) });
  });

  test("are the same when another process makes the next attempt", async () => {
    const seen: number[] = [];
    const count = step("count", async (it: { n: number }) => {
      seen.push(it.n);
      it.n += 10;
      if (seen.length < 3) throw new Error("not yet");
    });
    const order = workflow("order", async () => {
      const it = { n: 1 };
      const counted = count(it);
      it.n = 2;
      await counted;
      await count(it);
    });
    const engine = createEngine({ workflows: [order], replay: "cold" });
    const run = await engine.start(order);
    await engine.clock.advance("1h");
    await run.result();
    expect(seen).toEqual([1, 1, 1, 2]);
  });

  const UNKEEPABLE: readonly [string, unknown, string][] = [
    ["a function", { onDone: () => {} }, ".onDone"],
    ["an object of a class", new (class Basket {})(), ""],
    ["a symbol", Symbol("s"), ""],
    ["a promise", Promise.resolve(1), ""],
  ];

  test.each(UNKEEPABLE)(
    "that cannot be kept fail it, at the first attempt: %s",
    async (_, it, at) => {
      const ran: unknown[] = [];
      const charge = step("charge", async (first: number, second: unknown) => {
        ran.push([first, second]);
      });
      const order = workflow("order", async () => {
        const error = await shield(() => charge(1, it)).catch((thrown: unknown) => thrown);
        await charge(2, "kept");
        return error;
      });
      const engine = createEngine({ workflows: [order], replay: "cold" });
      const run = await engine.start(order);
      await engine.settle();
      const error = await run.result();
      expect(error).toBeInstanceOf(StepFailedError);
      expect(error).toMatchObject({
        step: "charge",
        attempts: 1,
        cause: {
          code: "value.notSerializable",
          message: expect.stringContaining(
            `The arguments of step "charge" cannot be kept at [1]${at}`,
          ),
        },
      });
      expect(ran).toEqual([[2, "kept"]]);
      expect(await storyOf(engine, run.runId, { only: /step/ })).toEqual([
        "step.started charge",
        "step.failed charge",
        "step.started charge",
        "step.completed charge",
      ]);
    },
  );

  test("that no parameter can see are not kept, such as the list that map() hands over", async () => {
    class Shop {
      constructor(readonly name: string) {}
    }
    type Any = (...args: unknown[]) => Promise<unknown>;
    const open = step("open", async (name: string) => name.length) as Any;
    const all = step("all", async (...given: unknown[]) => given.length) as Any;
    const order = workflow("order", async () => {
      const shop = new Shop("north");
      const refused = await all(1, shop).catch((error: Error) => error.name);
      return [await open("south", shop), await all(1, 2, 3), refused];
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toEqual([5, 3, "StepFailedError"]);
  });

  test("of a step whose result is in the log are not looked at again", async () => {
    let reads = 0;
    const charge = step("charge", async (it: { cents: number }) => it.cents);
    const order = workflow("order", async () => {
      const cents = await charge({
        get cents() {
          reads += 1;
          return 5;
        },
      });
      for (let hour = 0; hour < 3; hour += 1) await sleep("1h");
      return cents;
    });
    const engine = createEngine({ workflows: [order], replay: "cold" });
    const run = await engine.start(order);
    await engine.settle();
    const before = reads;
    expect(before).toBeGreaterThan(0);
    await engine.clock.advance("4h");
    expect(await run.result()).toBe(5);
    expect(reads).toBe(before);
  });
});

describeOnEachStore("the time to which a workflow sleeps", ({ createEngine }) => {
  test("is the one at the call, whatever becomes of the Date", async () => {
    const order = workflow("order", async (time: number) => {
      const date = new Date(time + 3_600_000);
      const slept = sleep(date);
      date.setTime(time + 100 * 3_600_000);
      await slept;
    });
    const engine = createEngine({ workflows: [order], replay: "cold" });
    const run = await engine.start(order, engine.clock.now());
    await engine.clock.advance("61m");
    expect(await engine.getRun(run.runId)).toMatchObject({ status: "completed" });
  });
});
