import { expect, test } from "vitest";
import { CancellationError, getContext, shield, sleep, step, workflow } from "../../src/index.ts";
import { until } from "../until.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { createHandHeld } from "./hand-held.ts";
import { eventsOf, storyOf } from "./story.ts";
import { countCalls, powerSwitch } from "./watched-store.ts";

describeOnEachStore("checkCancellation() in a step", (world) => {
  const { createEngine } = world;

  /** A step that goes on, a round a second, until it is told to stop. */
  function looping(round: () => Promise<void> | void = () => {}) {
    const rounds = { made: 0 };
    const order = workflow("order", async () => {
      await step("loop", async () => {
        const { checkCancellation } = getContext();
        for (; rounds.made < 1000; rounds.made++) {
          await sleep("1s");
          await round();
          await checkCancellation();
        }
      })();
    });
    return { order, rounds };
  }

  test("throws once its run was cancelled in the same process", async () => {
    const { order, rounds } = looping();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("10500ms");
    await engine.cancel(runId, { reason: "enough", requestedBy: "alice" });
    await engine.clock.advance("5s");
    expect(rounds.made).toBe(10);
    expect(await storyOf(engine, runId, { only: /loop|workflow/ })).toEqual([
      "workflow.started",
      "step.started loop",
      "step.cancelled loop",
      "workflow.cancelled",
    ]);
    const [cancelled] = await eventsOf(engine, runId, "step.cancelled");
    expect(cancelled?.error).toBeInstanceOf(CancellationError);
    expect(cancelled?.error).toMatchObject({ reason: "enough", requestedBy: "alice" });
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
  });

  test("throws once its run was cancelled by another process", async () => {
    const { order, rounds } = looping();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("10500ms");
    const other = createEngine({ workflows: [] });
    await other.cancel(runId, { reason: "enough" });
    await engine.clock.advance("5s");
    expect(rounds.made).toBe(10);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { reason: "enough" },
    });
  });

  test("hears of it at the very first question", async () => {
    const gate = createGate();
    const seen: string[] = [];
    const order = workflow("order", async () => {
      const ask = async (): Promise<void> => {
        await gate.pass();
        await getContext().checkCancellation();
        seen.push("went on");
      };
      await Promise.all([step("a", ask)(), step("b", ask)()]);
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await createEngine({ workflows: [] }).cancel(runId);
    gate.open();
    await engine.settle();
    expect(seen).toEqual([]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
  });

  test("throws once its run has ended otherwise", async () => {
    const { order, rounds } = looping();
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("10500ms");
    await createEngine({ workflows: [] }).terminate(runId);
    await engine.clock.advance("5s");
    expect(rounds.made).toBe(10);
  });

  test("does not throw inside a shield, and does right after it", async () => {
    const seen: string[] = [];
    const gate = createGate();
    const order = workflow("order", async () => {
      await step("work", async () => {
        const outer = getContext();
        await shield(async () => {
          await gate.pass();
          await sleep("2s");
          await getContext().checkCancellation();
          seen.push(`went on in the shield, aborted ${outer.signal.aborted}`);
        });
        seen.push(`came out of it, aborted ${outer.signal.aborted}`);
        await outer.checkCancellation();
        seen.push("went on after it");
      })();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    gate.open();
    await engine.clock.advance("10s");
    expect(seen).toEqual(["went on in the shield, aborted false", "came out of it, aborted true"]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
  });

  test("does not throw in a step that is shielded itself", async () => {
    const seen: string[] = [];
    const gate = createGate();
    const order = workflow("order", async () => {
      await shield(
        step("work", async () => {
          const { checkCancellation, signal } = getContext();
          await gate.pass();
          await sleep("5s");
          await checkCancellation();
          seen.push(`aborted ${signal.aborted}`);
        }),
      );
      await step("after", async () => {})();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    gate.open();
    await engine.clock.advance("10s");
    expect(seen).toEqual(["aborted false"]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
  });

  test("asks the store at most once in newsEvery", async () => {
    const busy = workflow("busy", async () => {
      await step("loop", async () => {
        const { checkCancellation } = getContext();
        for (let n = 0; n < 100; n++) {
          await sleep("100ms");
          await checkCancellation();
        }
      })();
    });
    const counted = countCalls(world.store);
    const engine = createEngine({ workflows: [busy], store: counted.store, newsEvery: "1s" });
    await engine.start(busy);
    await engine.settle();
    counted.reset();
    await engine.clock.advance("4900ms");
    expect(counted.calls["runs.get"]).toBeLessThanOrEqual(5);
    expect(counted.calls["runs.get"]).toBeGreaterThanOrEqual(4);
  });

  test("lets the work go on while the store is down, and asks again later", async () => {
    const power = powerSwitch(world.store);
    const { order, rounds } = looping();
    const engine = createEngine({ workflows: [order], store: power.store });
    const { runId } = await engine.start(order);
    await engine.clock.advance("3500ms");
    await createEngine({ workflows: [] }).cancel(runId);
    power.off();
    await engine.clock.advance("4s");
    expect(rounds.made).toBeGreaterThan(5);
    power.on();
    const before = rounds.made;
    await engine.clock.advance("10s");
    expect(rounds.made).toBeLessThanOrEqual(before + 3);
    await engine.clock.advance("5m");
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
  });
});

describeOnEachStore("checkCancellation() in a step that could not read the store", (world) => {
  test("asks again at the next check, though that comes at once", async () => {
    const power = powerSwitch(world.store);
    const gates = [createGate(), createGate(), createGate(), createGate()];
    const heard: boolean[] = [];
    const order = workflow("order", async () => {
      await step("ask", async () => {
        for (const gate of gates) {
          await gate.pass();
          const ask = getContext().checkCancellation();
          heard.push(
            await ask.then(
              () => false,
              () => true,
            ),
          );
        }
      })();
    });
    const held = createHandHeld([order], { store: power.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    const turn = held.engine.turn({ runId });
    const ask = async (round: number): Promise<void> => {
      gates[round]?.open();
      await until(() => heard.length > round);
    };
    await ask(0);
    await createHandHeld([order], { store: world.store }).engine.cancel(runId);
    held.clock.now += 60_000;
    power.off();
    await ask(1);
    power.on();
    await ask(2);
    await ask(3);
    expect(heard).toEqual([false, false, true, true]);
    await turn;
  });
});

describeOnEachStore("the signal of a step", ({ createEngine }) => {
  test.each(["the same", "another"])("fires when %s process cancels the run", async (process) => {
    const told: unknown[] = [];
    const order = workflow("order", async () => {
      await step("listen", async () => {
        const { signal } = getContext();
        await new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            told.push(signal.reason);
            reject(signal.reason);
          });
        });
      })();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    const canceller = process === "another" ? createEngine({ workflows: [] }) : engine;
    await canceller.cancel(runId, { reason: "enough" });
    await engine.clock.advance("3s");
    expect(told).toEqual([expect.any(CancellationError)]);
    expect(told[0]).toMatchObject({ reason: "enough" });
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "step.started listen",
      "cancellation.requested",
      "step.cancelled listen",
      "cancellation.delivered",
      "workflow.cancelled",
    ]);
  });

  test("tells a step although it was made to stop by an AbortError of its own", async () => {
    const order = workflow("order", async () => {
      await step("listen", async () => {
        const { signal } = getContext();
        await new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(new DOMException("no", "AbortError")));
        });
      })();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.clock.advance("1m");
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
    expect(await eventsOf(engine, runId, "step.retrying")).toEqual([]);
  });
});

describeOnEachStore(
  "a step that stops itself because its run was cancelled",
  ({ createEngine }) => {
    test("is never tried again, and says so to the workflow", async () => {
      let attempts = 0;
      let caught: unknown;
      const order = workflow("order", async () => {
        await step("loop", async () => {
          attempts += 1;
          const { checkCancellation } = getContext();
          for (;;) {
            await sleep("1s");
            await checkCancellation();
          }
        })().catch((error) => {
          caught = error;
          throw error;
        });
      });
      const engine = createEngine({ workflows: [order] });
      const { runId } = await engine.start(order);
      await engine.clock.advance("3s");
      await engine.cancel(runId, { reason: "enough" });
      await engine.clock.advance("1h");
      expect(attempts).toBe(1);
      expect(caught).toBeInstanceOf(CancellationError);
      expect(caught).toMatchObject({ reason: "enough" });
    });

    test("is the same as a task", async () => {
      const looping = async (): Promise<void> => {
        for (;;) {
          await sleep("1s");
          await getContext().checkCancellation();
        }
      };
      const order = workflow("order", async () => {
        await Promise.all([step("a", looping)(), step("b", looping)()]);
      });
      const engine = createEngine({ workflows: [order] });
      const { runId } = await engine.start(order);
      await engine.clock.advance("3s");
      await engine.cancel(runId);
      await engine.clock.advance("30s");
      const story = await storyOf(engine, runId, { only: /step|delivered|workflow/ });
      expect(story.slice(1, 3)).toEqual(["step.scheduled a", "step.scheduled b"]);
      expect(story.slice(3, 5).sort()).toEqual(["step.cancelled a", "step.cancelled b"]);
      expect(story.slice(5)).toEqual(["cancellation.delivered", "workflow.cancelled"]);
    });
  },
);

describeOnEachStore("checkCancellation() in a workflow", ({ createEngine }) => {
  test("is where a cancellation lands", async () => {
    const gate = createGate();
    const seen: string[] = [];
    const order = workflow("order", async () => {
      await step("charge", () => gate.pass())();
      seen.push("charged");
      await getContext().checkCancellation();
      seen.push("went on");
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    gate.open();
    await engine.settle();
    expect(seen).toEqual(["charged"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { checkpoint: "checkCancellation" },
    });
  });

  test("does nothing while nobody asked, nor inside a shield", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      const { checkCancellation } = getContext();
      await checkCancellation();
      await step("charge", () => gate.pass())();
      await shield(async () => getContext().checkCancellation());
      return "done";
    });
    const engine = createEngine({ workflows: [order] });
    const runs = [await engine.start(order), await engine.start(order)];
    await engine.settle();
    await runs[1]?.cancel();
    gate.open();
    await engine.settle();
    for (const run of runs) expect(await run.result()).toBe("done");
  });

  test("rejects at once after the delivery, and the signal is aborted", async () => {
    const seen: unknown[] = [];
    const order = workflow("order", async () => {
      const { checkCancellation, signal } = getContext();
      seen.push(signal.aborted);
      await sleep("1h").catch(() => {});
      seen.push(signal.aborted, signal.reason?.code, getContext().cancellation?.reason);
      await checkCancellation().catch((error) => seen.push(error.code));
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId, { reason: "enough" });
    await engine.settle();
    expect(seen).toEqual([false, true, "run.cancelled", "enough", "run.cancelled"]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "completed" });
  });

  test("tells a step what was asked, as plain data", async () => {
    const gate = createGate();
    let news: unknown;
    const charge = step("charge", async () => {
      await gate.pass();
      await getContext()
        .checkCancellation()
        .catch(() => {});
      news = getContext().cancellation;
    });
    const order = workflow("order", async () => charge());
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId, { reason: "enough", requestedBy: "alice" });
    gate.open();
    await engine.settle();
    const requestedAt = new Date(engine.clock.now());
    expect(news).toStrictEqual({ reason: "enough", requestedBy: "alice", requestedAt });
  });
});
