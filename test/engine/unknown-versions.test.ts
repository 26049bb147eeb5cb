/** Engines of several deployments on one queue and one store. */
import { expect, test } from "vitest";
import { createEngine, type Engine, type Scheduler } from "../../src/engine/index.ts";
import { type AnyWorkflow, sleep, step, workflow } from "../../src/index.ts";
import type { Continuation } from "../../src/ports/scheduler.ts";
import { TestScheduler } from "../../src/testing/test-scheduler.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { collectLogs } from "./collected-logs.ts";
import { describeOnEachStore } from "./each-store.ts";

const work = step("work", async () => "done");
const versionOf = (version: string) =>
  workflow(
    "order",
    async () => {
      await work();
      await Promise.all([work(), work(), work()]);
      await sleep("10s");
      await work();
      return version;
    },
    { version },
  );
const first = versionOf("1");
const second = versionOf("2");

/** Deliveries to engines in turn, as the virtual clock has them due. */
class Queue {
  readonly scheduler: TestScheduler = new TestScheduler(() => this.clock);
  readonly clock = new VirtualClock(Date.UTC(2030, 0, 1), async (until) => {
    await this.settle();
    const { nextAt } = this.scheduler;
    return nextAt !== undefined && nextAt <= until ? nextAt : undefined;
  });
  deliveries = 0;
  readonly #next: (delivery: number) => Engine;

  constructor(next: (delivery: number) => Engine) {
    this.#next = next;
  }

  async settle(): Promise<void> {
    for (let due = this.scheduler.takeDue(); due.length > 0; due = this.scheduler.takeDue()) {
      for (const continuation of due) await this.#deliver(continuation);
    }
  }

  async #deliver(continuation: Continuation): Promise<void> {
    await this.#next(this.deliveries++).turn(continuation);
  }
}

describeOnEachStore("old and new engines on one queue", (world) => {
  function open(options: { isOld(delivery: number): boolean; scheduler?: Partial<Scheduler> }) {
    const { logger, lines } = collectLogs();
    const queue: Queue = new Queue((delivery) => (options.isOld(delivery) ? old : current));
    const { clock } = queue;
    const engineOf = (workflows: readonly AnyWorkflow[]): Engine =>
      createEngine({ workflows, store: world.store, scheduler: queue.scheduler, clock, logger });
    const old = engineOf([first]);
    const current = engineOf([first, second]);
    const loud = () => lines.filter(({ level }) => level !== "debug");
    return { queue, old, current, loud };
  }

  test("take a new run to its end together, without a problem or a word that anybody must read", async () => {
    const { queue, current, loud } = open({ isOld: (delivery) => delivery % 3 !== 0 });
    const run = await current.start(second);
    const began = queue.clock.now();
    let ended = 0;
    for (let seconds = 0; ended === 0 && seconds < 60; seconds += 1) {
      await queue.clock.advance("1s");
      const { status, problem } = await current.getRun(run.runId);
      expect(problem).toBeUndefined();
      if (status === "completed") ended = queue.clock.now();
    }
    expect(await run.result()).toBe("2");
    expect(ended - began).toBeLessThan(25_000);
    expect(loud()).toEqual([]);
    world.watch(run.runId, [second]);
  });

  test("take nothing for nobody's that somebody is at work on", async () => {
    // The new one gets the first message alone, and one in forty afterwards.
    const { queue, current, loud } = open({ isOld: (delivery) => delivery % 40 !== 0 });
    const run = await current.start(second);
    await queue.clock.advance("20s");
    expect((await current.getRun(run.runId)).problem).toBeUndefined();
    expect(loud()).toEqual([]);
  });

  test("leave a message that nobody knows what to do with for half a minute, then say so once", async () => {
    const { queue, old, current, loud } = open({ isOld: () => true });
    const { runId } = await current.start(second);
    await queue.clock.advance("29s");
    expect(await old.getRun(runId)).not.toHaveProperty("problem");
    expect(queue.deliveries).toBeLessThan(20);
    expect(loud()).toEqual([]);
    await queue.clock.advance("10s");
    expect(await old.getRun(runId)).toMatchObject({
      status: "pending",
      problem: { code: "workflow.notFound", tries: 1 },
    });
    expect(loud().map(({ level }) => level)).toEqual(["error"]);
  });

  test("have a run go on at once when an engine comes up that knows its version", async () => {
    const { queue, old, current } = open({ isOld: () => true });
    const { runId } = await current.start(second);
    for (let minutes = 0; minutes < 60; minutes += 1) {
      await queue.clock.advance("1m");
      await old.sweep();
    }
    const before = await old.getRun(runId);
    expect(before.problem?.tries).toBeGreaterThan(3);

    let delivered = 0;
    const mended: Engine = createEngine({
      workflows: [first, second],
      store: world.store,
      clock: queue.clock,
      scheduler: {
        async send(messages) {
          for (const { continuation, delayMs = 0 } of messages) {
            if (delayMs > 0) continue;
            delivered += 1;
            await mended.turn(continuation);
          }
        },
      },
    });
    await mended.sweep();
    expect(delivered).toBeGreaterThan(0);
    const after = await mended.getRun(runId);
    expect(after.status).not.toBe("pending");
    expect(after.problem).toBeUndefined();
    world.watch(runId, [second]);
  });
});

describeOnEachStore("a message that is taken back by whoever delivers it", (world) => {
  test("is handed back for half a minute, then its run has a problem", async () => {
    let now = Date.UTC(2030, 0, 1);
    const { logger, lines } = collectLogs();
    const engineOf = (version: AnyWorkflow): Engine =>
      createEngine({
        workflows: [version],
        store: world.store,
        clock: { now: () => now, after: () => () => {} },
        scheduler: { send: async () => {} },
        logger,
      });
    const old = engineOf(first);
    const { runId } = await engineOf(second).start(second);
    const dueAt = now;
    for (const wait of [0, 29_000]) {
      now = dueAt + wait;
      await expect(old.turn({ runId }, { handBack: true, dueAt })).rejects.toMatchObject({
        code: "workflow.notFound",
      });
    }
    expect(await old.getRun(runId)).not.toHaveProperty("problem");
    expect(lines.filter(({ level }) => level !== "debug")).toEqual([]);
    now = dueAt + 30_000;
    await old.turn({ runId }, { handBack: true, dueAt });
    expect(await old.getRun(runId)).toMatchObject({ problem: { code: "workflow.notFound" } });
  });
});

describeOnEachStore("an engine that alone reads what it sends", (world) => {
  test("leaves the runs of others to their sweeps, until nobody wanted them", async () => {
    const sent: Continuation[] = [];
    let now = Date.UTC(2030, 0, 1);
    const { logger, lines } = collectLogs();
    const old = createEngine({
      workflows: [first],
      store: world.store,
      clock: { now: () => now, after: () => () => {} },
      logger,
      scheduler: {
        returnsHere: true,
        send: async (messages) => {
          sent.push(...messages.map(({ continuation }) => continuation));
        },
      },
    });
    const elsewhere = createEngine({
      workflows: [second],
      store: world.store,
      clock: { now: () => now, after: () => () => {} },
      scheduler: { send: async () => {} },
    });
    const { runId } = await elsewhere.start(second);
    const dueAt = (await world.store.runs.get(runId, now))?.dueAt;
    await old.sweep();
    await old.turn({ runId });
    expect(sent).toEqual([]);
    expect((await world.store.runs.get(runId, now))?.dueAt).toBe(dueAt);
    expect(await old.getRun(runId)).not.toHaveProperty("problem");

    now += 30_000;
    await old.sweep();
    for (const continuation of sent.splice(0)) await old.turn(continuation);
    expect(await old.getRun(runId)).toMatchObject({ problem: { code: "workflow.notFound" } });
    expect(lines.filter(({ level }) => level === "error")).toHaveLength(1);
  });
});
