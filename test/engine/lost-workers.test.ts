import { expect, test } from "vitest";
import { getContext, StepLostError, shield, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore, type World } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { eventsOf, storyOf } from "./story.ts";
import { powerSwitch } from "./watched-store.ts";

const minute = (n: number): Date => new Date(Date.UTC(2030, 0, 1, 0, n));

/** An engine that dies when it is told to: from then on nothing it does reaches the store. */
function createMortal<const W extends Parameters<World["createEngine"]>[0]["workflows"]>(
  world: World,
  workflows: W,
  now?: Date,
) {
  const power = powerSwitch(world.store);
  const engine = world.createEngine({ workflows, store: power.store, now });
  return { engine, die: power.die };
}

describeOnEachStore("a step whose worker dies", (world) => {
  /** A step that never comes back the first so many times. */
  function hanging(times: number, options: { retries?: number; parallel?: boolean } = {}) {
    const attempts: string[] = [];
    const { retries = 3, parallel = false } = options;
    const work = step(
      "work",
      async () => {
        const { attempt, idempotencyKey } = getContext();
        attempts.push(`${attempt} ${idempotencyKey}`);
        if (attempts.length <= times) await new Promise(() => {});
        return attempts.length;
      },
      { retries, backoff: { initial: 0 } },
    );
    const order = workflow("order", async () => {
      const beside = parallel ? step("beside", async () => {})() : undefined;
      const result = await work().catch((error: unknown) => error);
      await beside;
      return result;
    });
    return { order, attempts };
  }

  test.each([false, true])(
    "is taken over when its lease has ended (as a task: %s)",
    async (parallel) => {
      const { order, attempts } = hanging(1, { parallel });
      const { engine, die } = createMortal(world, [order]);
      const { runId } = await engine.start(order);
      await engine.settle();
      expect(attempts).toHaveLength(1);
      die();
      const other = world.createEngine({ workflows: [order] });
      await other.clock.advance("16s");
      expect(attempts).toHaveLength(1);
      await other.clock.advance("2m");
      expect(await other.result(runId)).toBe(2);
      expect(attempts.map((attempt) => attempt.split(" ")[0])).toEqual(["1", "2"]);
      expect(new Set(attempts.map((attempt) => attempt.split(" ")[1])).size).toBe(1);
    },
  );

  test.each([false, true])(
    "every time fails after its attempts, with a StepLostError as cause (as a task: %s)",
    async (parallel) => {
      const { order, attempts } = hanging(100, { retries: 2, parallel });
      let runId = "";
      for (let n = 0; n < 3; n++) {
        const { engine, die } = createMortal(world, [order], minute(n * 20));
        if (runId === "") runId = (await engine.start(order)).runId;
        await engine.clock.advance("1s");
        expect(attempts).toHaveLength(n + 1);
        die();
      }
      const survivor = world.createEngine({ workflows: [order], now: minute(100) });
      await survivor.clock.advance("30m");
      expect(attempts).toHaveLength(3);
      const error = (await survivor.result(runId)) as Error;
      expect(error).toMatchObject({ code: "step.failed", step: "work", attempts: 3 });
      expect(error.cause).toBeInstanceOf(StepLostError);
    },
  );

  test("between its completion and the next message goes on from there", async () => {
    const done: string[] = [];
    const order = workflow("order", async () => {
      for (const name of ["a", "b", "c"]) await step(name, async () => void done.push(name))();
      return "done";
    });
    const { engine, die } = createMortal(world, [order]);
    const { runId } = await engine.start(order);
    await engine.turn({ runId });
    die();
    const other = world.createEngine({ workflows: [order] });
    await other.clock.advance("2m");
    expect(await other.result(runId)).toBe("done");
    expect(done).toEqual(["a", "b", "c"]);
  });

  test("in the middle of clean-up is taken over as well", async () => {
    const cleaned: number[] = [];
    const order = workflow("order", async () => {
      try {
        await sleep("1h");
      } finally {
        await shield(
          step("clean", async () => {
            cleaned.push(getContext().attempt ?? 0);
            if (cleaned.length === 1) await new Promise(() => {});
          }),
        );
      }
    });
    const { engine, die } = createMortal(world, [order]);
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    expect(cleaned).toEqual([1]);
    die();
    const other = world.createEngine({ workflows: [order] });
    await other.clock.advance("5m");
    expect(cleaned).toEqual([1, 2]);
    expect(await other.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { cleanup: { steps: 1, finished: true } },
    });
  });
});

describeOnEachStore("a worker that was taken for dead", (world) => {
  test.each([false, true])("has its late result dropped (as a task: %s)", async (parallel) => {
    const gate = createGate();
    const ran: number[] = [];
    const order = workflow("order", async () => {
      const beside = parallel ? step("beside", async () => {})() : undefined;
      const result = await step("work", async () => {
        const attempt = getContext().attempt ?? 0;
        ran.push(attempt);
        if (attempt === 1) await gate.pass();
        return `by attempt ${attempt}`;
      })();
      await beside;
      await sleep("1h");
      return result;
    });
    // Its clock stands still, so it does not renew its lease.
    const slow = world.createEngine({ workflows: [order] });
    const { runId } = await slow.start(order);
    await slow.settle();
    const other = world.createEngine({ workflows: [order] });
    await other.clock.advance("5m");
    expect(ran).toEqual([1, 2]);
    gate.open();
    await slow.settle();
    await other.clock.advance("2h");
    expect(await other.result(runId)).toBe("by attempt 2");
    const completed = await eventsOf(other, runId, "step.completed");
    expect(completed.filter(({ step }) => step === "work")).toMatchObject([{ attempt: 2 }]);
  });

  test("is told by its signal that its step goes on elsewhere", async () => {
    let reason: unknown;
    const gate = createGate();
    const order = workflow("order", async () => {
      await step("work", async () => {
        const { signal, attempt } = getContext();
        if (attempt !== 1) return;
        signal.addEventListener("abort", () => {
          reason = signal.reason;
        });
        await gate.pass();
      })();
      await sleep("1h");
    });
    const slow = world.createEngine({ workflows: [order] });
    await slow.start(order);
    await slow.settle();
    const other = world.createEngine({ workflows: [order] });
    await other.clock.advance("5m");
    await slow.clock.advance("10s");
    expect(reason).toMatchObject({ code: "step.lost" });
    gate.open();
    await slow.settle();
  });
});

describeOnEachStore("the lease of a step", (world) => {
  const { createEngine } = world;

  test.each([false, true])(
    "is renewed as long as it executes (as a task: %s)",
    async (parallel) => {
      const gate = createGate();
      const order = workflow("order", async () => {
        const beside = parallel ? step("beside", async () => {})() : undefined;
        const result = await step("long", async () => {
          await gate.pass();
          return getContext().attempt;
        })();
        await beside;
        return result;
      });
      const engine = createEngine({ workflows: [order] });
      const other = createEngine({ workflows: [order] });
      const run = await engine.start(order);
      await engine.settle();
      for (let second = 0; second < 120; second += 5) {
        await engine.clock.advance("5s");
        await other.clock.advance("5s");
      }
      expect(gate.reached).toBe(1);
      gate.open();
      await engine.settle();
      await other.settle();
      expect(await createEngine({ workflows: [order] }).result(run.runId)).toBe(1);
      expect(gate.reached).toBe(1);
    },
  );

  test("is as long as its timeout, and then needs no renewal", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      await step("long", () => gate.pass(), { timeout: "10m" })();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("9m");
    gate.open();
    await engine.settle();
    expect(await eventsOf(engine, runId, "step.started")).toMatchObject([
      { lease: new Date(Date.UTC(2030, 0, 1, 0, 10)) },
    ]);
    expect(await eventsOf(engine, runId, "step.renewed")).toEqual([]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "completed" });
  });

  test("is the time that is left to its function where the platform tells it", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      await step("long", () => gate.pass())();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    const turn = engine.turn({ runId }, { remainingMs: () => 240_000 });
    await engine.settle();
    expect(await eventsOf(engine, runId, "step.started")).toMatchObject([
      { lease: new Date(Date.UTC(2030, 0, 1, 0, 4)) },
    ]);
    gate.open();
    await turn;
    expect(await engine.getRun(runId)).toMatchObject({ status: "completed" });
  });

  test.each([false, true])(
    "ends with its function's time, and another attempt follows in the same process (as a task: %s)",
    async (parallel) => {
      const attempts: AbortSignal[] = [];
      const long = step("long", async () => {
        attempts.push(getContext().signal);
        if (attempts.length === 1) await new Promise(() => {});
        return attempts.length;
      });
      const order = workflow("order", async () => {
        const [result] = await Promise.all(
          parallel ? [long(), step("beside", async () => {})()] : [long()],
        );
        return result;
      });
      const engine = createEngine({ workflows: [order] });
      const { runId } = await engine.start(order);
      const end = engine.clock.now() + 60_000;
      const remainingMs = (): number => Math.max(0, end - engine.clock.now());
      if (parallel) await engine.turn({ runId }, { remainingMs });
      void engine.turn({ runId, ...(parallel && { task: 0 }) }, { remainingMs });
      await engine.clock.advance("59s");
      expect(attempts.map(({ aborted }) => aborted)).toEqual([false]);
      await engine.clock.advance("5s");
      expect(attempts).toHaveLength(2);
      expect(attempts[0]?.reason).toBeInstanceOf(StepLostError);
      expect(await engine.getRun(runId)).toMatchObject({ status: "completed", output: 2 });
      expect(await eventsOf(engine, runId, "step.renewed")).toEqual([]);
    },
  );

  test("is not taken over within the margin for clocks that disagree", async () => {
    const { engine, die } = createMortal(world, [hung]);
    const { runId } = await engine.start(hung);
    await engine.settle();
    die();
    const ahead = createEngine({ workflows: [hung], clockSkew: "30s" });
    await ahead.clock.advance("1s");
    await ahead.turn({ runId });
    await ahead.clock.advance("43s");
    expect(await storyOf(ahead, runId, { only: /step.started/ })).toHaveLength(1);
    await ahead.clock.advance("3s");
    expect(await storyOf(ahead, runId, { only: /step.started/ })).toHaveLength(2);
  });
});

const hung = workflow("hung", async () => {
  await step("hang", () => new Promise(() => {}))();
});
