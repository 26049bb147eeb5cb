import { expect, test } from "vitest";
import { createEngine as createPlainEngine } from "../../src/engine/index.ts";
import { shield, sleep, step, workflow } from "../../src/index.ts";
import type { Message } from "../../src/ports/scheduler.ts";
import { VirtualClock } from "../../src/testing/index.ts";
import { describeOnEachStore, silent, type World } from "./each-store.ts";
import { storyOf } from "./story.ts";

const BEGIN = Date.UTC(2030, 0, 1);
const after = (ms: number): Date => new Date(BEGIN + ms);

/** An engine whose messages all get lost; only its own sweep can help. */
function createForgetful<const W extends Parameters<World["createEngine"]>[0]["workflows"]>(
  world: World,
  workflows: W,
) {
  const clock = new VirtualClock(BEGIN, async () => undefined);
  const sent: Message[] = [];
  const scheduler = {
    async send(messages: readonly Message[]) {
      sent.push(...messages);
    },
  };
  const { store } = world;
  const engine = createPlainEngine({ workflows, store, scheduler, clock, logger: silent });
  return { engine, clock, sent };
}

describeOnEachStore("the sweep", (world) => {
  const { createEngine } = world;

  test("starts a run whose first message was lost", async () => {
    const order = workflow("order", async () => "done");
    const { engine } = createForgetful(world, [order]);
    const { runId } = await engine.start(order);
    const other = createEngine({ workflows: [order] });
    await other.settle();
    expect(await other.result(runId)).toBe("done");
  });

  test("starts a run at its time, however far off that is", async () => {
    const order = workflow("order", async () => "done");
    const { engine } = createForgetful(world, [order]);
    const startAt = after(3 * 86_400_000);
    const { runId } = await engine.start(order, undefined, { startAt });
    const other = createEngine({ workflows: [order] });
    await other.clock.advance("4d");
    expect(await other.getRun(runId)).toMatchObject({ status: "completed", endedAt: startAt });
  });

  test.each(["5m", "1h", "40d"])("wakes a run from its sleep of %s", async (duration) => {
    const nap = workflow("nap", async () => {
      await sleep(duration);
      return "awake";
    });
    const { engine } = createForgetful(world, [nap]);
    const { runId } = await engine.start(nap);
    await engine.turn({ runId });
    const other = createEngine({ workflows: [nap] });
    await other.clock.advance(duration);
    expect(await other.result(runId)).toBe("awake");
    const run = await other.getRun(runId);
    await other.clock.advance("1s");
    expect(run.endedAt).toEqual(new Date(other.clock.now() - 1000));
  });

  test("makes the next attempt of a step", async () => {
    let attempts = 0;
    const order = workflow("order", async () =>
      step(
        "flaky",
        async () => {
          attempts += 1;
          if (attempts === 1) throw new Error("busy");
          return attempts;
        },
        { backoff: { initial: "10m", jitter: false } },
      )(),
    );
    const { engine } = createForgetful(world, [order]);
    const { runId } = await engine.start(order);
    await engine.turn({ runId });
    expect(attempts).toBe(1);
    const other = createEngine({ workflows: [order] });
    await other.clock.advance("11m");
    expect(await other.result(runId)).toBe(2);
  });

  test("sends the tasks again that nobody got", async () => {
    const ran: string[] = [];
    const order = workflow("order", async () => {
      await Promise.all(
        ["a", "b", "c"].map((name) => step(name, async () => void ran.push(name))()),
      );
      return "done";
    });
    const { engine } = createForgetful(world, [order]);
    const { runId } = await engine.start(order);
    await engine.turn({ runId });
    await engine.turn({ runId, task: 1 });
    expect(ran).toEqual(["b"]);
    const other = createEngine({ workflows: [order] });
    await other.clock.advance("5m");
    expect(ran.sort()).toEqual(["a", "b", "c"]);
    expect(await other.result(runId)).toBe("done");
  });

  test("makes the next attempt of a task", async () => {
    const tries = { a: 0, b: 0 };
    const flaky = step("flaky", async (name: "a" | "b") => {
      tries[name] += 1;
      if (tries[name] === 1) throw new Error("busy");
      return name;
    });
    const order = workflow("order", async () => Promise.all([flaky("a"), flaky("b")]));
    const { engine } = createForgetful(world, [order]);
    const { runId } = await engine.start(order);
    await engine.turn({ runId });
    for (const task of [0, 1]) await engine.turn({ runId, task });
    const other = createEngine({ workflows: [order] });
    await other.clock.advance("10m");
    expect(await other.result(runId)).toEqual(["a", "b"]);
    expect(tries).toEqual({ a: 2, b: 2 });
  });

  test("goes on with a run whose message after a step was lost", async () => {
    const order = workflow("order", async () => {
      for (const name of ["a", "b", "c"]) await step(name, async () => {})();
      return "done";
    });
    const { engine } = createForgetful(world, [order]);
    const { runId } = await engine.start(order);
    await engine.turn({ runId });
    const other = createEngine({ workflows: [order] });
    await other.clock.advance("2m");
    expect(await other.result(runId)).toBe("done");
  });

  test("makes a cancellation heard whose message was lost", async () => {
    const nap = workflow("nap", async () => {
      try {
        await sleep("10h");
      } finally {
        await shield(step("clean", async () => {}));
      }
    });
    const { engine } = createForgetful(world, [nap]);
    const { runId } = await engine.start(nap);
    await engine.turn({ runId });
    await engine.cancel(runId);
    const other = createEngine({ workflows: [nap] });
    await other.settle();
    expect(await other.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { cleanup: { steps: 1, finished: true } },
    });
  });

  test("ends a run at its grace deadline", async () => {
    const stuck = workflow("stuck", async () => {
      try {
        await sleep("1h");
      } finally {
        await shield(step("hang", () => new Promise(() => {})));
      }
    });
    const { engine } = createForgetful(world, [stuck]);
    const { runId } = await engine.start(stuck);
    await engine.turn({ runId });
    await engine.cancel(runId, { gracePeriod: 10_000 });
    void engine.turn({ runId });
    const isHanging = async () => (await storyOf(engine, runId)).includes("step.started hang");
    while (!(await isHanging())) await new Promise(setImmediate);
    const other = createEngine({ workflows: [stuck] });
    await other.clock.advance("11s");
    expect(await other.getRun(runId)).toMatchObject({
      status: "terminated",
      endedAt: after(10_000),
    });
  });

  test("sends a run that makes no progress ever less often", async () => {
    const order = workflow("order", async () => {});
    const { engine, clock, sent } = createForgetful(world, [order]);
    const { runId } = await engine.start(order);
    sent.length = 0;
    const times: number[] = [];
    for (let minute = 0; minute < 80; minute++) {
      await engine.sweep();
      if (sent.some(({ continuation }) => continuation.runId === runId)) times.push(minute);
      sent.length = 0;
      await clock.advance("1m");
    }
    expect(times).toEqual([0, 1, 3, 7, 15, 30, 45, 60, 75]);
  });

  test("sends each run once a round, however many are due, and says how many", async () => {
    const order = workflow("order", async (_: number) => {});
    const { engine, sent } = createForgetful(world, [order]);
    const runs = await Promise.all(Array.from({ length: 60 }, (_, n) => engine.start(order, n)));
    sent.length = 0;
    expect(await engine.sweep()).toEqual({ sent: 60 });
    const ids = sent.map(({ continuation }) => continuation.runId);
    expect(ids.sort()).toEqual(runs.map(({ runId }) => runId).sort());
    expect(await engine.sweep()).toEqual({ sent: 0 });
    for (const { runId } of runs) world.watch(runId, [order]);
  });

  test("does not touch a run that has ended, sleeps or executes", async () => {
    const done = workflow("done", async () => "done");
    const nap = workflow("nap", async () => sleep("1h"));
    const { engine, clock, sent } = createForgetful(world, [done, nap]);
    const ended = await engine.start(done);
    const asleep = await engine.start(nap);
    for (const { runId } of [ended, asleep]) await engine.turn({ runId });
    const events = await engine.getEvents(ended.runId);
    sent.length = 0;
    await clock.advance("59m");
    expect(await engine.sweep()).toEqual({ sent: 0 });
    await clock.advance("2m");
    expect(await engine.sweep()).toEqual({ sent: 1 });
    expect(sent.map(({ continuation }) => continuation.runId)).toEqual([asleep.runId]);
    expect(await engine.getEvents(ended.runId)).toEqual(events);
    for (const { runId } of [ended, asleep]) world.watch(runId, [done, nap]);
  });

  test("may run in many processes at once", async () => {
    const order = workflow("order", async (n: number) => n);
    const engines = [1, 2, 3].map(() => createEngine({ workflows: [order] }));
    const { engine } = createForgetful(world, [order]);
    const runs = await Promise.all(Array.from({ length: 9 }, (_, n) => engine.start(order, n)));
    await Promise.all(engines.map((it) => it.sweep()));
    await Promise.all(engines.map((it) => it.settle()));
    const [reader] = engines;
    for (const [n, { runId }] of runs.entries()) expect(await reader?.result(runId)).toBe(n);
  });
});
