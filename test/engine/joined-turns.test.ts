import { describe, expect, test } from "vitest";
import type { Engine, Store } from "../../src/engine/index.ts";
import { getContext, shield, sleep, step, workflow } from "../../src/index.ts";
import type { StoreCallName } from "../../src/ports/store/around.ts";
import { until } from "../until.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate, type Gate } from "./gate.ts";
import { createHandHeld } from "./hand-held.ts";
import { around } from "./watched-store.ts";

const MINUTE = 60_000;

async function reached(gate: Gate): Promise<void> {
  while (gate.reached === 0) await aMoment();
}

async function aMoment(): Promise<void> {
  for (let round = 0; round < 5; round++) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** The store, with the next call of one method held at a gate. */
function holding(store: Store, method: StoreCallName): { store: Store; gate: Gate } {
  const gate = createGate();
  let first = true;
  const held = around(store, async (name, call) => {
    if (first && name === method) {
      first = false;
      await gate.pass();
    }
    return await call();
  });
  return { store: held, gate };
}

describeOnEachStore("a delivery that comes while its run is at work here", (world) => {
  const long = (gate: Gate) => step("long", () => gate.pass(), { timeout: "1h" });

  /** The clean-up of a run executes here, and another process was asked to cancel it. */
  async function cancelledElsewhere() {
    const gate = createGate();
    const order = workflow("order", async () => {
      try {
        await sleep("1h");
      } finally {
        await shield(long(gate));
      }
    });
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    await held.deliverAll();
    const elsewhere = held.another();
    await elsewhere.cancel(runId, { gracePeriod: "30s" });
    const turn = held.engine.turn({ runId });
    await reached(gate);
    held.takeSent();
    const end = async () => {
      gate.open();
      await turn;
    };
    return { held, elsewhere, runId, end };
  }

  const status = async (engine: Engine, runId: string) => (await engine.getRun(runId)).status;

  test.each(["here", "elsewhere"])(
    "ends the grace period in time, sent by a sweep %s",
    async (where) => {
      const { held, elsewhere, runId, end } = await cancelledElsewhere();
      const sweeper = where === "here" ? held.engine : elsewhere;
      for (let seconds = 0; seconds < 30; seconds += 5) {
        expect(await status(elsewhere, runId)).toBe("cancelling");
        held.clock.now += 5_000;
        await sweeper.sweep();
        for (const { continuation, delayMs = 0 } of held.takeSent()) {
          if (delayMs === 0) void held.engine.turn(continuation);
        }
        await aMoment();
      }
      await until(async () => (await status(elsewhere, runId)) === "terminated");
      const { createdAt, endedAt } = await elsewhere.getRun(runId);
      expect((endedAt?.getTime() ?? 0) - createdAt.getTime()).toBe(30_000);
      await end();
    },
  );

  test("ends the grace period when its timer's message comes", async () => {
    const { held, elsewhere, runId, end } = await cancelledElsewhere();
    const { deadline } = (await elsewhere.getRun(runId)).cancellation ?? {};
    const timer = deadline?.getTime() ?? 0;
    held.clock.now = timer;
    await held.engine.turn({ runId, timer });
    expect(await status(held.engine, runId)).toBe("terminated");
    await end();
  });

  test("hears of a request that another process wrote, and tells the step that executes", async () => {
    const gate = createGate();
    let signal: AbortSignal | undefined;
    const order = workflow("order", async () => {
      await step(
        "long",
        async () => {
          signal = getContext().signal;
          await gate.pass();
        },
        { timeout: "1h" },
      )();
    });
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    const turn = held.engine.turn({ runId });
    await reached(gate);
    await held.another().cancel(runId, { gracePeriod: "30s" });
    held.clock.now += 2_000;
    expect(signal?.aborted).toBe(false);
    await held.engine.turn({ runId });
    expect(signal?.aborted).toBe(true);
    held.clock.now += 60_000;
    await held.engine.turn({ runId });
    expect(await status(held.engine, runId)).toBe("cancelling");
    gate.open();
    await turn;
    expect(await status(held.engine, runId)).toBe("completed");
  });

  test("does not wait for a step that begins to execute meanwhile", async () => {
    const gate = createGate();
    const seen: string[] = [];
    const order = workflow("order", async () => {
      await Promise.race([long(gate)(), sleep("1m")]);
      seen.push("woken");
    });
    const { store, gate: head } = holding(world.store, "runs.patch");
    const held = createHandHeld([order], { store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    const turn = held.engine.turn({ runId });
    await reached(head);
    held.clock.now += MINUTE;
    const timer = held.engine.turn({ runId, timer: held.clock.now });
    head.open();
    await timer;
    expect(seen).toEqual(["woken"]);
    expect(await status(held.engine, runId)).toBe("completed");
    gate.open();
    await turn;
  });

  test("does its own duty although it joined one that has another", async () => {
    const gate = createGate();
    const order = workflow("order", async () => void (await long(gate)()));
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    const elsewhere = held.another().turn({ runId });
    await reached(gate);
    held.takeSent();
    // That one has seen its claim pass on to another, and leaves; this one may have held that.
    const sent = await Promise.all([
      held.engine.turn({ runId, claim: "of long ago" }),
      held.engine.turn({ runId }),
    ]).then(() => held.takeSent());
    expect(sent).toEqual([
      { continuation: { runId, claim: expect.any(String) }, delayMs: expect.any(Number) },
    ]);
    gate.open();
    await elsewhere;
  });
});

describe("the longest duration of a run", () => {
  const gate = createGate();
  const long = step("long", () => gate.pass(), { timeout: "1h" });
  const order = workflow("order", async () => void (await long()), {
    maxDuration: "90s",
  });

  test("has a message of its own before a step executes", async () => {
    const held = createHandHeld([order]);
    const { runId } = await held.engine.start("order");
    held.takeSent();
    void held.engine.turn({ runId });
    await reached(gate);
    const timer = held.clock.now + 90_000;
    expect(held.takeSent()).toEqual([{ continuation: { runId, timer }, delayMs: 90_000 }]);
  });

  test("is kept by the sweep also where that message was lost", async () => {
    const held = createHandHeld([order]);
    const { runId } = await held.engine.start("order");
    void held.engine.turn({ runId });
    await aMoment();
    for (const seconds of [0, 60, 90]) {
      held.takeSent();
      held.clock.now = Date.parse("2030-01-01T00:00:00Z") + seconds * 1000;
      expect(await held.engine.sweep()).toEqual({ sent: 1 });
    }
    for (const { continuation } of held.takeSent()) await held.engine.turn(continuation);
    expect((await held.engine.getRun(runId)).status).toBe("cancelling");
  });
});
