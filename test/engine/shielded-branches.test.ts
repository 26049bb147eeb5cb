import { expect, test } from "vitest";
import { isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";
import { on } from "../core/logs.ts";
import { keepLines } from "../logging/kept-lines.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createHandHeld } from "./hand-held.ts";
import { eventsOf, storyOf } from "./story.ts";

const BEGIN = Date.UTC(2030, 0, 1);
const at = (seconds: number): Date => new Date(BEGIN + seconds * 1000);

/** Steps that note when they begin and end. */
function createWork() {
  const done: string[] = [];
  const work = (name: string, takes = "10s", options: Parameters<typeof step>[2] = {}) =>
    step(
      name,
      async () => {
        done.push(`${name} in`);
        await sleep(takes);
        done.push(`${name} out`);
      },
      options,
    );
  return { done, work };
}

/** Runs the code, and a refund if it is cancelled. */
async function refunding(
  refund: () => Promise<unknown>,
  code: () => Promise<unknown>,
): Promise<void> {
  try {
    await code();
  } catch (error) {
    if (isCancellation(error)) await shield(refund);
    throw error;
  }
}

describeOnEachStore("a shield that a log delivers beside, as no engine does any more", (world) => {
  test("goes on all the same, and hears nothing of it", async () => {
    const order = workflow("order", async () => {
      const packed = shield(() => step("pack", async () => "packed")());
      await sleep("1h").catch(() => {});
      return await packed;
    });
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    const head = await world.store.runs.get(runId, held.clock.now);
    if (!head) throw new Error("no run");
    const events = [
      on.started(0, "pack", { shielded: true }),
      on.asleep(1, 3_600_000),
      on.requested(),
      on.delivered({ checkpoint: "sleep", deadline: held.clock.now }),
    ];
    const entry = { position: 1, id: "older", at: held.clock.now, events };
    await world.store.log.append(head, entry);
    await held.engine.turn({ runId });
    expect(await held.engine.getRun(runId)).toMatchObject({
      status: "completed",
      output: "packed",
    });
  });
});

describeOnEachStore("a shield in one branch", ({ createEngine }) => {
  test.each<[string, (charge: () => Promise<unknown>) => Promise<unknown>]>([
    ["beside a sleep", (charge) => Promise.all([shield(charge), sleep("1h")])],
    ["beside a sleep, later", (charge) => Promise.all([sleep("1h"), shield(charge)])],
    ["in another shield", (charge) => Promise.all([sleep("1h"), shield(() => shield(charge))])],
    [
      "in a function that nobody awaits yet",
      async (charge) => {
        const charging = shield(charge);
        await sleep("1h");
        await charging;
      },
    ],
    [
      "that waits for what another shield began",
      async (charge) => {
        const charging = shield(charge);
        await Promise.all([sleep("1h"), shield(() => charging)]);
      },
    ],
    ["of several", (charge) => Promise.allSettled([shield(charge), sleep("1h"), sleep("2h")])],
  ])("%s is whole before the handler of any branch runs", async (_, code) => {
    const { done, work } = createWork();
    const order = workflow("order", () =>
      refunding(work("refund", "1s"), async () => {
        await code(work("charge"));
        await sleep("3h");
      }),
    );
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("4s");
    await engine.cancel(runId);
    await engine.clock.advance("5s");
    expect(done).toEqual(["charge in"]);
    expect((await engine.getRun(runId)).cancellation).not.toHaveProperty("deliveredAt");
    await engine.clock.advance("1m");
    expect(done).toEqual(["charge in", "charge out", "refund in", "refund out"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: {
        checkpoint: "sleep",
        deliveredAt: at(10),
        deadline: at(10 + 900),
        cleanup: { steps: 1, finished: true, durationMs: 1000 },
      },
    });
  });

  test("is whole with all its steps, sleeps and pauses before a retry", async () => {
    const { done, work } = createWork();
    let attempts = 0;
    const flaky = step(
      "flaky",
      async () => {
        attempts += 1;
        done.push(`flaky ${attempts}`);
        if (attempts < 3) throw new Error("busy");
      },
      { backoff: { initial: "1m", jitter: false } },
    );
    const order = workflow("order", () =>
      refunding(work("refund", "1s"), () =>
        Promise.all([
          sleep("3h"),
          shield(async () => {
            await work("charge")();
            await sleep("20m");
            await flaky();
            await Promise.all([work("bill")(), work("mail")()]);
          }),
        ]),
      ),
    );
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("4s");
    await engine.cancel(runId, { gracePeriod: "5s" });
    await engine.clock.advance("1h");
    const sequence = ["charge in", "charge out", "flaky 1", "flaky 2", "flaky 3"];
    expect(done.slice(0, 5)).toEqual(sequence);
    expect(done.slice(5, 9).sort()).toEqual(["bill in", "bill out", "mail in", "mail out"]);
    expect(done.slice(-2)).toEqual(["refund in", "refund out"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { deliveredAt: at(10 + 1200 + 180 + 10), cleanup: { steps: 1 } },
    });
  });

  test("that runs as a task holds up a step that failed in another branch", async () => {
    const { done, work } = createWork();
    const reserve = step("reserve", async () => {
      await sleep("2s");
      throw new Error("no stock");
    });
    const order = workflow("order", () =>
      refunding(work("refund", "1s"), () => Promise.all([reserve(), shield(work("charge"))])),
    );
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("1s");
    await engine.cancel(runId);
    await engine.clock.advance("1m");
    expect(done).toEqual(["charge in", "charge out", "refund in", "refund out"]);
    expect(await storyOf(engine, runId, { only: /(reserve|charge|delivered)/ })).toEqual([
      "step.scheduled reserve",
      "step.scheduled charge",
      "step.cancelled reserve",
      "step.completed charge",
      "cancellation.delivered",
    ]);
  });

  test("waits for the shields of every other branch, and then all hear of it at once", async () => {
    const { done, work } = createWork();
    const branch = (name: string, steps: number) =>
      refunding(work(`undo ${name}`, "1s"), async () => {
        await shield(async () => {
          for (let n = 1; n <= steps; n += 1) await work(`${name}${n}`)();
        });
        await work(`more ${name}`)();
      });
    const order = workflow("order", async () => {
      const ends = await Promise.allSettled([branch("a", 1), branch("b", 3)]);
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("5s");
    await engine.cancel(runId);
    await engine.clock.advance("2m");
    const undone = done.findIndex((each) => each.startsWith("undo"));
    const shielded = done.slice(0, undone).filter((each) => / out$/.test(each));
    expect(shielded.sort()).toEqual(["a1 out", "b1 out", "b2 out", "b3 out"]);
    expect(done.slice(undone, undone + 2).sort()).toEqual(["undo a in", "undo b in"]);
    expect(done.filter((each) => each.startsWith("more"))).toEqual([]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { cleanup: { steps: 2, finished: true } },
    });
  });

  test("ends at once when the run is terminated", async () => {
    const { done, work } = createWork();
    const order = workflow("order", () =>
      refunding(work("refund"), () => Promise.all([sleep("1h"), shield(() => sleep("2h"))])),
    );
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId, { gracePeriod: "1s" });
    await engine.clock.advance("30m");
    expect((await engine.getRun(runId)).status).toBe("cancelling");
    await engine.terminate(runId);
    const { status, cancellation } = await engine.getRun(runId);
    expect(status).toBe("terminated");
    expect(cancellation).not.toHaveProperty("tooLate");
    expect(done).toEqual([]);
  });
});

describeOnEachStore("a race", ({ createEngine }) => {
  test("that a shield has won leads to the next checkpoint, and lands there", async () => {
    const { done, work } = createWork();
    const order = workflow("order", () =>
      refunding(work("refund", "1s"), async () => {
        await Promise.race([sleep("1h"), shield(work("charge"))]);
        await work("ship")();
      }),
    );
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("5s");
    await engine.cancel(runId);
    await engine.clock.advance("1m");
    expect(done).toEqual(["charge in", "charge out", "refund in", "refund out"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { checkpoint: "step ship", cleanup: { steps: 1 } },
    });
  });

  test("leaves a loser behind that is no checkpoint: what ends by itself was asked too late", async () => {
    const { done, work } = createWork();
    const order = workflow("order", async () => {
      await Promise.race([work("quote", "1s")(), sleep("1h")]);
      await shield(async () => {
        await work("charge")();
        await work("ship")();
      });
      return "shipped";
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.clock.advance("5s");
    await engine.cancel(run.runId, { requestedBy: "alice" });
    await engine.clock.advance("1m");
    expect(await run.result()).toBe("shipped");
    expect(done.slice(2)).toEqual(["charge in", "charge out", "ship in", "ship out"]);
    expect((await engine.getRun(run.runId)).cancellation).toEqual({
      requestedBy: "alice",
      requestedAt: at(5),
      tooLate: true,
    });
  });

  test("leaves a loser behind that is not where a cancellation landed", async () => {
    const { work } = createWork();
    const order = workflow("order", async () => {
      await Promise.race([work("quote", "1s")(), sleep("1h")]);
      await work("charge")();
      await work("ship")();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("5s");
    await engine.cancel(runId);
    await engine.clock.advance("1m");
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { checkpoint: "step ship" },
    });
    expect(await eventsOf(engine, runId, "cancellation.delivered")).toMatchObject([{ command: 3 }]);
  });
});

describeOnEachStore("a shield that waits for what was begun outside", ({ createEngine }) => {
  test("is not waited for: what it waits for is rejected, and its author is told once", async () => {
    const { done, work } = createWork();
    const kept = keepLines();
    const order = workflow("order", async () => {
      const outside = sleep("1h");
      await shield(async () => {
        await outside.catch(() => {});
        await work("note", "1s")();
        await shield(work("release", "1s"));
      });
      await work("never")();
    });
    const engine = createEngine({ workflows: [order], logger: kept.logger });
    const { runId } = await engine.start(order);
    await engine.clock.advance("5s");
    await engine.cancel(runId);
    await engine.clock.advance("1m");
    expect(done).toEqual(["note in", "note out", "release in", "release out"]);
    // The shield was open before: only what was opened after the delivery is clean-up.
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { checkpoint: "sleep", cleanup: { steps: 1, finished: true } },
    });
    expect(await eventsOf(engine, runId, "cancellation.delivered")).toMatchObject([
      { openShields: 1 },
    ]);
    const warned = kept.lines().filter(({ level }) => level === "warn");
    expect(warned).toMatchObject([
      { message: expect.stringContaining("begun outside"), runId, workflow: "order" },
    ]);
  });

  test("is not warned of when it began all that it waits for", async () => {
    const { work } = createWork();
    const kept = keepLines();
    const order = workflow("order", () =>
      refunding(work("refund"), () => Promise.all([sleep("1h"), shield(work("charge"))])),
    );
    const engine = createEngine({ workflows: [order], logger: kept.logger });
    const { runId } = await engine.start(order);
    await engine.clock.advance("5s");
    await engine.cancel(runId);
    await engine.clock.advance("1m");
    expect((await engine.getRun(runId)).status).toBe("cancelled");
    expect(kept.lines().filter(({ level }) => level === "warn")).toEqual([]);
  });
});
