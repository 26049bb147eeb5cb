import { expect, test } from "vitest";
import { sleep, step, workflow } from "../../src/index.ts";
import type { Message } from "../../src/ports/scheduler.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { createHandHeld, type HandHeld } from "./hand-held.ts";

const MINUTE = 60_000;
const ROUNDS = 8;

describeOnEachStore("the message for a timer", (world) => {
  function hold(workflows: Parameters<typeof createHandHeld>[0], maxDelayMs?: number): HandHeld {
    return createHandHeld(workflows, {
      store: world.store,
      ...(maxDelayMs !== undefined && { maxDelayMs }),
    });
  }

  async function start(held: HandHeld, name: string): Promise<string> {
    const { runId } = await held.engine.start(name);
    world.watch(runId, held.engine.workflows);
    return runId;
  }

  const poll = workflow("poll", async () => {
    for (let round = 0; round < ROUNDS; round++) await sleep("1m");
    return "done";
  });

  /** Delivers what was sent to one engine after the other, each at its time. @returns how many. */
  async function deliver(
    held: HandHeld,
    engines: HandHeld["engine"][],
    copies: (message: Message) => number = () => 1,
  ): Promise<number> {
    let delivered = 0;
    let waiting: { message: Message; at: number }[] = [];
    for (;;) {
      for (const message of held.takeSent()) {
        const at = held.clock.now + (message.delayMs ?? 0);
        for (let copy = copies(message); copy > 0; copy--) waiting.push({ message, at });
      }
      const next = Math.min(...waiting.map(({ at }) => at));
      if (next === Number.POSITIVE_INFINITY) return delivered;
      held.clock.now = Math.max(held.clock.now, next);
      const due = waiting.find(({ at }) => at === next);
      waiting = waiting.filter((each) => each !== due);
      const engine = engines[delivered++ % engines.length];
      if (due) await engine?.turn(due.message.continuation);
    }
  }

  test.each([1, 3])("is one for each, however many there are (engines: %i)", async (size) => {
    const held = hold([poll]);
    const engines = [held.engine, ...Array.from({ length: size - 1 }, () => held.another())];
    const runId = await start(held, "poll");
    expect(await deliver(held, engines)).toBe(1 + ROUNDS);
    expect(await held.engine.result(runId)).toBe("done");
  });

  test("begets no more of its kind when it comes twice", async () => {
    const held = hold([poll]);
    const engines = [held.engine, held.another(), held.another()];
    const runId = await start(held, "poll");
    expect(await deliver(held, engines, () => 2)).toBe(2 * (1 + ROUNDS));
    expect(await held.engine.result(runId)).toBe("done");
  });

  test("is sent again when it came before its time", async () => {
    const held = hold([poll]);
    const runId = await start(held, "poll");
    await held.deliverAll();
    for (const early of [1, 5_000]) {
      held.clock.now += MINUTE - early;
      const timer = held.clock.now + early;
      await held.engine.turn({ runId, timer });
      expect(held.takeSent()).toEqual([{ continuation: { runId, timer }, delayMs: early }]);
      held.clock.now = timer;
      await held.engine.turn({ runId, timer });
      held.takeSent();
    }
  });

  test("is sent also for the later one of two, before a step takes long", async () => {
    const gate = createGate();
    const both = workflow("both", async () => {
      await Promise.all([
        sleep("5m"),
        (async () => {
          await sleep("1m");
          await step("long", () => gate.pass())();
        })(),
      ]);
    });
    const held = hold([both]);
    const runId = await start(held, "both");
    await held.deliverAll();
    held.clock.now += MINUTE;
    const turn = held.engine.turn({ runId });
    while (gate.reached === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const timer = held.clock.now + 4 * MINUTE;
    expect(held.takeSent()).toEqual([{ continuation: { runId, timer }, delayMs: 4 * MINUTE }]);
    expect((await world.store.runs.get(runId, held.clock.now))?.dueAt).toBeLessThanOrEqual(timer);
    gate.open();
    await turn;
  });

  test("is sent in hops where no long delay is kept", async () => {
    const held = hold([poll], 25_000);
    const runId = await start(held, "poll");
    expect(await deliver(held, [held.engine, held.another()])).toBe(1 + ROUNDS * 3);
    expect(await held.engine.result(runId)).toBe("done");
  });

  test("is sent by the delivery that comes back when it could not be sent", async () => {
    const held = hold([poll]);
    const runId = await start(held, "poll");
    held.refuse(1);
    await expect(held.engine.turn({ runId })).rejects.toThrow();
    expect(held.takeSent().map(({ delayMs }) => delayMs)).toEqual([undefined]);
    await held.engine.turn({ runId });
    expect(held.takeSent().map(({ delayMs }) => delayMs)).toEqual([MINUTE]);
  });
});
