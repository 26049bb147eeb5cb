import { expect, test } from "vitest";
import { getContext, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate, type Gate } from "./gate.ts";
import { eventsOf, storyOf } from "./story.ts";

describeOnEachStore("parallel steps", ({ createEngine }) => {
  /** A step that answers its name once its gate is open, or throws it. */
  function gated(gates: Record<string, Gate>) {
    return step(
      "gated",
      async (name: string) => {
        await gates[name]?.pass();
        if (name.startsWith("bad")) throw new Error(name);
        return name;
      },
      { retries: 0 },
    );
  }

  function createGates(...names: string[]): Record<string, Gate> {
    return Object.fromEntries(names.map((name) => [name, createGate()]));
  }

  test("run at once, and Promise.all has their results in its own order", async () => {
    const gates = createGates("a", "b", "c");
    const wait = gated(gates);
    const order = workflow("order", async () => Promise.all([wait("a"), wait("b"), wait("c")]));
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(Object.values(gates).map(({ reached }) => reached)).toEqual([1, 1, 1]);
    for (const name of ["c", "a", "b"]) {
      gates[name]?.open();
      await engine.settle();
    }
    expect(await run.result()).toEqual(["a", "b", "c"]);
    const story = await storyOf(engine, run.runId, { only: /step/ });
    expect(story).toEqual([
      ...Array.from({ length: 3 }, () => "step.scheduled gated"),
      ...Array.from({ length: 3 }, () => "step.completed gated"),
    ]);
    const results = (await eventsOf(engine, run.runId, "step.completed")).map((it) => it.result);
    expect(results).toEqual(["c", "a", "b"]);
  });

  test("in Promise.race: the first to end wins, at every replay", async () => {
    for (const winner of ["a", "b"]) {
      const gates = createGates("a", "b");
      const wait = gated(gates);
      const order = workflow("order", async () => {
        const first = await Promise.race([wait("a"), wait("b")]);
        await step("after", async () => {})();
        return first;
      });
      const engine = createEngine({ workflows: [order], replay: "cold" });
      const run = await engine.start(order);
      await engine.settle();
      gates[winner]?.open();
      await engine.settle();
      expect(await run.result()).toBe(winner);
    }
  });

  test("in Promise.race: the loser is recorded as abandoned, its late result dropped", async () => {
    const gates = createGates("quick", "slow");
    const wait = gated(gates);
    const order = workflow("order", async () => Promise.race([wait("slow"), wait("quick")]));
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    gates["quick"]?.open();
    await engine.settle();
    expect(await run.result()).toBe("quick");
    const story = await storyOf(engine, run.runId);
    expect(story.slice(-3)).toEqual([
      "step.completed gated",
      "step.abandoned gated",
      "workflow.completed",
    ]);
    gates["slow"]?.open();
    await engine.clock.advance("1h");
    expect(await storyOf(engine, run.runId)).toEqual(story);
  });

  test("in Promise.race: the loser tells by its signal that its run has ended", async () => {
    const gate = createGate();
    let reason: unknown;
    const listen = step("listen", async () => {
      const { signal } = getContext();
      await new Promise((resolve) => {
        signal.addEventListener("abort", resolve);
      });
      reason = signal.reason;
    });
    const order = workflow("order", async () =>
      Promise.race([listen(), step("quick", () => gate.pass())()]),
    );
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    gate.open();
    await engine.clock.advance("10s");
    await run.result();
    expect(reason).toMatchObject({
      code: "run.cancelled",
      reason: expect.stringContaining("ended"),
    });
  });

  test("in Promise.any: the first to succeed wins, and if none does all errors are there", async () => {
    const any = (names: string[]) => {
      const wait = gated({});
      return workflow("order", async () =>
        Promise.any(names.map((name) => wait(name))).catch((error: AggregateError) =>
          error.errors.map(({ cause }) => cause.message),
        ),
      );
    };
    for (const [names, result] of [
      [["bad a", "good", "bad b"], "good"],
      [
        ["bad a", "bad b"],
        ["bad a", "bad b"],
      ],
    ] as const) {
      const order = any([...names]);
      const engine = createEngine({ workflows: [order] });
      const run = await engine.start(order);
      await engine.settle();
      expect(await run.result()).toEqual(result);
    }
  });

  test("in Promise.allSettled: each ends as it does", async () => {
    const wait = gated({});
    const order = workflow("order", async () => {
      const ends = await Promise.allSettled([wait("a"), wait("bad b"), wait("c")]);
      return ends.map((end) => (end.status === "fulfilled" ? end.value : end.reason.code));
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toEqual(["a", "step.failed", "c"]);
  });

  test("of which one fails fail Promise.all at once, and the run ends without the others", async () => {
    const gates = createGates("slow");
    const wait = gated(gates);
    const order = workflow("order", async () => Promise.all([wait("slow"), wait("bad")]));
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    await expect(run.result()).rejects.toMatchObject({ code: "step.failed" });
    expect(await eventsOf(engine, run.runId, "step.abandoned")).toHaveLength(1);
    gates["slow"]?.open();
    await engine.settle();
  });

  test("may come beside sleeps, whichever ends first", async () => {
    const gates = createGates("step");
    const wait = gated(gates);
    const order = workflow("order", async () => {
      const ends: string[] = [];
      const note = (name: string) => () => void ends.push(name);
      await Promise.all([
        sleep("2s").then(note("sleep 2s")),
        wait("step").then(note("step")),
        sleep("1s").then(note("sleep 1s")),
      ]);
      return ends;
    });
    const engine = createEngine({ workflows: [order], replay: "cold" });
    const run = await engine.start(order);
    await engine.clock.advance("1500ms");
    gates["step"]?.open();
    await engine.clock.advance("1m");
    expect(await run.result()).toEqual(["sleep 1s", "step", "sleep 2s"]);
  });

  test("may race with a sleep that ends first", async () => {
    const gates = createGates("step");
    const wait = gated(gates);
    const order = workflow("order", async () =>
      Promise.race([wait("step"), sleep("10s").then(() => "took too long")]),
    );
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.clock.advance("11s");
    expect(await run.result()).toBe("took too long");
    expect(await storyOf(engine, run.runId)).toEqual([
      "workflow.started",
      "sleep.started",
      "step.started gated",
      "sleep.completed",
      "step.abandoned gated",
      "workflow.completed",
    ]);
    gates["step"]?.open();
    await engine.settle();
  });

  test("are tried again, each in its own time", async () => {
    const tries: Record<string, number> = {};
    const flaky = step(
      "flaky",
      async (name: string, failures: number) => {
        const tried = (tries[name] ?? 0) + 1;
        tries[name] = tried;
        if (tried <= failures) throw new Error("busy");
        return `${name} after ${tried}`;
      },
      { backoff: { initial: "1s", jitter: false } },
    );
    const order = workflow("order", async () =>
      Promise.allSettled([flaky("a", 0), flaky("b", 2), flaky("c", 9), flaky("d", 1)]),
    );
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.clock.advance("1h");
    expect(await run.result()).toMatchObject([
      { value: "a after 1" },
      { value: "b after 3" },
      { reason: { code: "step.failed", attempts: 4, cause: { message: "busy" } } },
      { value: "d after 2" },
    ]);
    expect(tries).toEqual({ a: 1, b: 3, c: 4, d: 2 });
  });

  test("may be followed by more while others are still going", async () => {
    const gates = createGates("slow");
    const wait = gated(gates);
    const order = workflow("order", async () => {
      const slow = wait("slow");
      const chain: string[] = [];
      for (const name of ["a", "b", "c"]) chain.push(await wait(name));
      return [...chain, await slow];
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect((await eventsOf(engine, run.runId, "step.completed")).length).toBe(3);
    gates["slow"]?.open();
    await engine.settle();
    expect(await run.result()).toEqual(["a", "b", "c", "slow"]);
  });

  test("may be a hundred, and each runs once", async () => {
    const ran: number[] = [];
    const work = step("work", async (n: number) => {
      ran.push(n);
      return n * n;
    });
    const numbers = Array.from({ length: 100 }, (_, n) => n);
    const order = workflow("order", async () => Promise.all(numbers.map((n) => work(n))));
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toEqual(numbers.map((n) => n * n));
    expect(ran.sort((a, b) => a - b)).toEqual(numbers);
  });

  test("may have results that together are larger than an entry of the log", async () => {
    const work = step("work", async (n: number) => `${n}`.repeat(100_000));
    const order = workflow("order", async () => {
      const texts = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => work(n)));
      return texts.map((text) => `${text.length} times ${text[0]}`);
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `100000 times ${n}`));
  });
});
