import { expect, test } from "vitest";
import type { Engine, Message } from "../../src/engine/index.ts";
import { getContext, sleep, step, workflow } from "../../src/index.ts";
import type { LogRange } from "../../src/ports/store.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createHandHeld, type HandHeld } from "./hand-held.ts";
import { around } from "./watched-store.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Rounds of the event loop in which any turn comes as far as it can. */
async function aMoment(): Promise<void> {
  for (let round = 0; round < 30; round++) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** A step whose first attempts never come back, as of a function that died; its lease is an hour. */
function mortal(name: string, done: string[]) {
  return step(
    name,
    async () => {
      if (getContext().attempt === 1) await new Promise(() => {});
      done.push(name);
    },
    { timeout: HOUR },
  );
}

/** Delivers every message at its time, and what they beget, without a sweep. */
async function deliverAll(held: HandHeld, engine: Engine, messages: Message[]): Promise<void> {
  let waiting = messages.map((message) => ({ message, at: at(held, message) }));
  for (let count = 0; waiting.length > 0 && count < 100; count++) {
    const next = waiting.reduce((a, b) => (b.at < a.at ? b : a));
    waiting = waiting.filter((each) => each !== next);
    held.clock.now = Math.max(held.clock.now, next.at);
    await engine.turn(next.message.continuation);
    const sent = held.takeSent();
    waiting.push(...sent.map((message) => ({ message, at: at(held, message) })));
  }
}

function at({ clock }: HandHeld, { delayMs = 0 }: Message): number {
  return clock.now + delayMs;
}

describeOnEachStore("a message that names a claim", (world) => {
  test("runs no step, as it may be dropped once another claim is live: it sends for one", async () => {
    const done: string[] = [];
    const order = workflow("order", async () => {
      await step("work", async () => void done.push("work"))();
    });
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    held.takeSent();
    await held.engine.turn({ runId, claim: "of long ago" });
    expect(done).toEqual([]);
    expect(held.takeSent()).toEqual([{ continuation: { runId } }]);
    await held.engine.turn({ runId });
    expect(done).toEqual(["work"]);
    world.watch(runId, [order]);
  });
});

describeOnEachStore("a claim in the log whose function is gone", (world) => {
  test("is waited for by a copy of its message that came while it was executed", async () => {
    const done: string[] = [];
    const order = workflow("order", async () => {
      await Promise.race([mortal("work", done)(), sleep("5h")]);
    });
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    void held.engine.turn({ runId });
    await aMoment();
    held.takeSent();
    await held.engine.turn({ runId }); // The copy: after it, no message is left of the two.
    const left = held.takeSent().filter(({ continuation }) => continuation.timer === undefined);
    expect(left).toEqual([
      { continuation: { runId, claim: expect.any(String) }, delayMs: 15 * MINUTE },
    ]);
    await held.engine.turn({ runId });
    expect(held.takeSent()).toEqual([]);
    await deliverAll(held, held.another(), left);
    expect(done).toEqual(["work"]);
    expect((await held.engine.getRun(runId)).status).toBe("completed");
  });

  test("is looked at again at once by a turn whose reading took longer than the claim lasts", async () => {
    const done: string[] = [];
    const order = workflow("order", async () => {
      await mortal("work", done)();
    });
    let slowMs = 0;
    const slow = around(world.store, async (name, call, args) => {
      const answer = await call();
      // The read that makes sure of the decision, which fell while the claim was live.
      if (name === "log.read" && (args[1] as LogRange).from === 2) held.clock.now += slowMs;
      return answer;
    });
    const held = createHandHeld([order], { store: slow });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    void held.engine.turn({ runId });
    await aMoment();
    held.takeSent();
    slowMs = 2 * HOUR;
    await held.another().turn({ runId });
    slowMs = 0;
    const left = held.takeSent();
    expect(left).toEqual([{ continuation: { runId, claim: expect.any(String) }, delayMs: 0 }]);
    await deliverAll(held, held.another(), left);
    expect(done).toEqual(["work"]);
    expect((await held.engine.getRun(runId)).status).toBe("completed");
  });

  test("is waited for by its message that comes back, though that finds other work", async () => {
    const done: string[] = [];
    const order = workflow("order", async () => {
      await Promise.all([
        mortal("work", done)(),
        (async () => {
          await sleep("1m");
          await step("other", async () => void done.push("other"))();
        })(),
      ]);
    });
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    void held.engine.turn({ runId });
    await aMoment();
    held.takeSent(); // The timer is lost.
    held.clock.now += MINUTE;
    const other = held.another();
    await other.turn({ runId });
    await deliverAll(held, other, held.takeSent());
    expect(done).toEqual(["other", "work"]);
    expect((await held.engine.getRun(runId)).status).toBe("completed");
  });

  test("is waited for beside another", async () => {
    const done: string[] = [];
    const order = workflow("order", async () => {
      await Promise.all([mortal("one", done)(), mortal("two", done)()]);
    });
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    held.takeSent();
    // In logs of earlier versions, more than one step may be claimed at once.
    const head = await world.store.runs.get(runId, held.clock.now);
    const at = held.clock.now;
    const claimed = (command: number, name: string, lease: number) => ({
      ...{ type: "step.started" as const, command, step: name, attempt: 1, shielded: false },
      ...{ claim: `of ${name}`, lease: at + lease },
    });
    const events = [claimed(0, "one", HOUR), claimed(1, "two", HOUR / 2)];
    if (head) await world.store.log.append(head, { position: 1, id: "claims", at, events });
    const other = held.another();
    await other.turn({ runId });
    const left = held.takeSent();
    expect(left).toHaveLength(1);
    await deliverAll(held, other, left);
    expect(done.sort()).toEqual(["one", "two"]);
    expect((await held.engine.getRun(runId)).status).toBe("completed");
  });
});
