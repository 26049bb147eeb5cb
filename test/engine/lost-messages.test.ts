import { expect, test } from "vitest";
import type { Continuation } from "../../src/engine/index.ts";
import { getContext, isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { createHandHeld } from "./hand-held.ts";

describeOnEachStore("a run whose messages are lost", (world) => {
  /** Branches that go on by themselves, with retries and sleeps, and a clean-up of as many. */
  function branching() {
    const done: string[] = [];
    const failed = new Set<string>();
    const work = step(
      "work",
      async (name: string) => {
        if (name.endsWith("2") && !failed.has(name)) {
          failed.add(name);
          throw new Error("not yet");
        }
        done.push(name);
      },
      { backoff: { initial: "5s", jitter: false } },
    );
    const branch = async (name: string): Promise<void> => {
      await work(`${name}1`);
      await Promise.all([work(`${name}2`), work(`${name}3`)]);
    };
    const order = workflow("order", async () => {
      try {
        await Promise.all([branch("a"), branch("b")]);
        await sleep("1000h");
      } catch (error) {
        if (isCancellation(error)) await shield(() => Promise.all([work("c"), work("d")]));
        throw error;
      }
    });
    return { order, done };
  }

  /** Brings a run to its end, and cancels it on the way, by nothing but these deliveries. */
  async function bringForward(
    deliveries: (held: ReturnType<typeof createHandHeld>, runId: string) => Promise<Continuation[]>,
  ): Promise<void> {
    const { order, done } = branching();
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    for (let round = 0; round < 60; round++) {
      for (const continuation of await deliveries(held, runId)) {
        await held.engine.turn(continuation);
      }
      held.clock.now += 15 * 60_000;
      if (done.length === 6) await held.engine.cancel(runId, { gracePeriod: "50h" });
    }
    expect(done.slice(0, 6).sort()).toEqual(["a1", "a2", "a3", "b1", "b2", "b3"]);
    expect(done.slice(6).sort()).toEqual(["c", "d"]);
    expect(await held.engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { checkpoint: "sleep", cleanup: { steps: 2, finished: true } },
    });
  }

  test("goes on by looks at it alone", async () => {
    await bringForward(async (held, runId) => {
      held.takeSent();
      return [{ runId }];
    });
  });

  test("goes on by what the sweep sends alone", async () => {
    await bringForward(async (held) => {
      held.takeSent();
      await held.engine.sweep();
      return held.takeSent().map(({ continuation }) => continuation);
    });
  });

  test("makes a step at every second round of the sweep, however many there are", async () => {
    const done: number[] = [];
    const work = step("work", async (n: number) => void done.push(n));
    const order = workflow("order", async () => {
      for (let n = 0; n < 12; n++) await work(n);
      await Promise.all([work(12), work(13), work(14)]);
    });
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    let rounds = 0;
    for (; rounds < 200 && (await held.engine.getRun(runId)).endedAt === undefined; rounds++) {
      held.takeSent();
      held.clock.now += 60_000;
      await held.another().sweep();
      for (const { continuation } of held.takeSent()) await held.engine.turn(continuation);
    }
    expect(done).toHaveLength(15);
    expect(rounds).toBeLessThanOrEqual(2 * 15 + 3);
  });

  test("has a backlog longer than the watchdog add few messages, however long it lasts", async () => {
    const order = workflow("order", async () => {
      for (let n = 0; n < 1000; n++) await step("work", async () => {})();
    });
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    const LATE = 10;
    const queue: { at: number; continuation: Continuation }[] = [];
    const most: number[] = [];
    for (let minute = 0; minute < 120; minute++) {
      for (const { continuation, delayMs = 0 } of held.takeSent()) {
        queue.push({ at: minute + LATE + delayMs / 60_000, continuation });
      }
      most.push(queue.length);
      const due = queue.filter(({ at }) => at <= minute);
      for (const each of due) {
        queue.splice(queue.indexOf(each), 1);
        await held.engine.turn(each.continuation);
      }
      held.clock.now += 60_000;
      await held.engine.sweep();
    }
    // Two for each watchdog's length of the backlog, and one for each quarter of an hour.
    expect(Math.max(...most)).toBeLessThanOrEqual(2 * LATE + 120 / 15);
  });

  test("has one that a look runs itself taken over when that look is gone", async () => {
    const gate = createGate();
    const attempts: (number | undefined)[] = [];
    const hold = step("hold", async () => {
      attempts.push(getContext().attempt);
      if (attempts.length === 1) await gate.pass();
    });
    const order = workflow("order", async () => {
      await Promise.all([hold(), hold()]);
    });
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    await held.engine.turn({ runId });
    // Both messages are lost. The look that comes by much later dies while it runs the first task.
    held.takeSent();
    held.clock.now += 10 * 60_000;
    const gone = held.another().turn({ runId });
    while (gate.reached === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const sent = held.takeSent().map(({ continuation }) => continuation);
    expect(sent).toContainEqual({ runId, task: 0 });

    const third = held.another();
    for (const continuation of sent) await third.turn(continuation);
    const again = held.takeSent();
    held.clock.now += 15 * 60_000;
    for (const { continuation } of again) await third.turn(continuation);
    await held.deliverAll();
    expect(attempts).toEqual([1, 1, 2]);
    expect((await held.engine.getRun(runId)).status).toBe("completed");
    gate.open();
    await gone;
  });

  test("has them all sent again at a look, whatever scheduled its tasks", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      const work = (name: string) => step(name, async () => {})();
      await Promise.all([
        step("long", () => gate.pass())(),
        work("first").then(() => Promise.all([work("second"), work("third")])),
      ]);
    });
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    await held.engine.turn({ runId });
    const long = held.engine.turn({ runId, task: 0 });
    await held.engine.turn({ runId, task: 1 });
    held.takeSent(); // Lost.
    while (gate.reached === 0) await new Promise((resolve) => setTimeout(resolve, 1));

    const look = async (engine = held.engine): Promise<unknown[]> => {
      await engine.turn({ runId });
      return held.takeSent().map(({ continuation }) => continuation);
    };
    const lost = [2, 3].map((task) => ({ runId, task }));
    expect(await look()).toEqual(lost);
    expect(await look(held.another())).toEqual(lost);
    for (const continuation of lost) await held.engine.turn(continuation);
    expect(await look()).toEqual([]);
    gate.open();
    await long;
    await held.deliverAll();
    expect((await held.engine.getRun(runId)).status).toBe("completed");
  });

  test("does not have them sent again and again while they only wait in a queue", async () => {
    const order = workflow("order", async () => {
      await Promise.all(Array.from({ length: 5 }, (_, n) => step(`step ${n}`, async () => {})()));
    });
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    await held.engine.turn({ runId });
    held.takeSent();
    for (let look = 0; look < 4; look++) await held.engine.turn({ runId });
    expect(held.takeSent()).toHaveLength(5);
  });
});
