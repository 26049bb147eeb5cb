import { expect, test } from "vitest";
import {
  CancellationError,
  FatalError,
  isCancellation,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { eventsOf, storyOf } from "./story.ts";

describeOnEachStore("a step that executes when its run is cancelled", ({ createEngine }) => {
  test("has its result delivered to the workflow before the cancellation is", async () => {
    const gate = createGate();
    const seen: unknown[] = [];
    const order = workflow("order", async () => {
      const receipt = await step("charge", async () => {
        await gate.pass();
        return "receipt";
      })();
      seen.push(receipt);
      try {
        await step("ship", async () => {})();
      } catch (error) {
        seen.push(isCancellation(error));
        throw error;
      }
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    gate.open();
    await engine.settle();
    expect(seen).toEqual(["receipt", true]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { checkpoint: "step ship", cleanup: { steps: 0, finished: true } },
    });
  });

  test.each<[string, () => Error]>([
    ["an error that would be retried", () => new Error("busy")],
    ["a FatalError", () => new FatalError("busy")],
  ])("and fails with %s is not tried again: its failure is the cause", async (_, fail) => {
    const gate = createGate();
    let caught: unknown;
    const order = workflow("order", async () => {
      try {
        await step("charge", async () => {
          await gate.pass();
          throw fail();
        })();
      } catch (error) {
        caught = error;
        throw error;
      }
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId, { reason: "enough" });
    gate.open();
    await engine.clock.advance("1h");
    expect(gate.reached).toBe(1);
    expect(caught).toBeInstanceOf(CancellationError);
    expect(caught).toMatchObject({ reason: "enough", cause: { message: "busy" } });
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "step.started charge",
      "cancellation.requested",
      "step.cancelled charge",
      "cancellation.delivered",
      "workflow.cancelled",
    ]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
  });

  test("is where the cancellation lands if nothing follows it but a catch", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      await step("charge", async () => {
        await gate.pass();
        throw new Error("busy");
      })();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    gate.open();
    await engine.settle();
    expect((await engine.getRun(runId)).cancellation).toMatchObject({
      checkpoint: "step charge",
    });
  });

  test("is not waited for any longer once its lease has ended", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      await step("charge", () => gate.pass())();
    });
    const dying = createEngine({ workflows: [order] });
    const { runId } = await dying.start(order);
    await dying.settle();
    expect(gate.reached).toBe(1);
    const engine = createEngine({ workflows: [order] });
    await engine.cancel(runId);
    await engine.clock.advance("10s");
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelling" });
    await engine.clock.advance("50s");
    expect(gate.reached).toBe(1);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { checkpoint: "step charge" },
    });
    expect(await storyOf(engine, runId, { only: /step/ })).toEqual([
      "step.started charge",
      "step.cancelled charge",
    ]);
  });
});

describeOnEachStore("a run that is cancelled", ({ createEngine }) => {
  test("while a step waits for its next attempt does not make it", async () => {
    let attempts = 0;
    let caught: unknown;
    const order = workflow("order", async () => {
      try {
        await step(
          "charge",
          async () => {
            attempts += 1;
            throw new Error("busy");
          },
          { backoff: { initial: "10m" } },
        )();
      } catch (error) {
        caught = error;
        throw error;
      }
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("1m");
    await engine.cancel(runId);
    await engine.clock.advance("1h");
    expect(attempts).toBe(1);
    expect(caught).toMatchObject({ code: "run.cancelled", cause: { message: "busy" } });
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      endedAt: new Date("2030-01-01T00:01:00Z"),
      cancellation: { checkpoint: "retry of step charge" },
    });
  });

  test("in parallel branches lets what executes finish before any of them hears of it", async () => {
    const gate = createGate();
    const seen: string[] = [];
    const branch = async (name: string, work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
        seen.push(`${name} went on`);
        await step(`${name}-next`, async () => void seen.push(`${name} next`))();
      } catch (error) {
        seen.push(`${name} heard ${isCancellation(error)}`);
        throw error;
      }
    };
    const order = workflow("order", async () => {
      await Promise.all([
        branch("asleep", () => sleep("1h")),
        branch("executing", () => step("execute", () => gate.pass())()),
        branch("done", () => step("do", async () => {})()),
        branch("waiting", () =>
          step("retry", async () => Promise.reject(new Error("busy")), {
            backoff: { initial: "1h" },
          })(),
        ),
      ]);
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    await engine.settle();
    seen.length = 0;
    await engine.cancel(runId);
    await engine.settle();
    expect(seen).toEqual([]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelling" });
    gate.open();
    await engine.settle();
    expect(seen.slice().sort()).toEqual([
      "asleep heard true",
      "executing heard true",
      "executing went on",
      "waiting heard true",
    ]);
    expect(seen[0]).toBe("executing went on");
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
  });

  test("with tasks of which none has begun starts none of them", async () => {
    const ran: string[] = [];
    const order = workflow("order", async () => {
      await Promise.all(
        ["a", "b", "c"].map((name) => step(name, async () => void ran.push(name))()),
      );
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.turn({ runId });
    expect(await storyOf(engine, runId, { only: /scheduled/ })).toHaveLength(3);
    await engine.cancel(runId);
    await engine.clock.advance("5m");
    expect(ran).toEqual([]);
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "step.scheduled a",
      "step.scheduled b",
      "step.scheduled c",
      "cancellation.requested",
      "step.cancelled a",
      "step.cancelled b",
      "step.cancelled c",
      "cancellation.delivered",
      "workflow.cancelled",
    ]);
  });

  test("with tasks of which some execute keeps their results and starts no others", async () => {
    const gates = { a: createGate(), b: createGate() };
    const ran: string[] = [];
    const results: unknown[] = [];
    const order = workflow("order", async () => {
      const ends = await Promise.allSettled([
        step("a", async () => {
          await gates.a.pass();
          return "a done";
        })(),
        step("b", async () => {
          await gates.b.pass();
          throw new Error("b failed");
        })(),
        step(
          "flaky",
          async () => {
            ran.push("flaky");
            throw new Error("busy");
          },
          { backoff: { initial: "5m", jitter: false } },
        )(),
      ]);
      results.push(...ends);
      await step("after", async () => void ran.push("after"))();
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId, { reason: "enough" });
    await engine.clock.advance("2m");
    gates.a.open();
    await engine.settle();
    expect(results).toEqual([]);
    gates.b.open();
    await engine.clock.advance("1h");
    expect(ran).toEqual(["flaky"]);
    expect(results).toMatchObject([
      { status: "fulfilled", value: "a done" },
      { status: "rejected", reason: { code: "run.cancelled", cause: { message: "b failed" } } },
      { status: "rejected", reason: { code: "run.cancelled", cause: { message: "busy" } } },
    ]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
    expect((await eventsOf(engine, runId, "step.completed")).map((it) => it.step)).toEqual(["a"]);
  });

  test("never starts an unshielded step again, however often it asks", async () => {
    const ran: string[] = [];
    const order = workflow("order", async () => {
      for (let times = 0; times < 20; times++) {
        try {
          await sleep("1h");
        } catch {
          await step("more", async () => void ran.push("more"))().catch(() => {});
        }
      }
      return "swallowed";
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    expect(ran).toEqual([]);
    expect(await engine.result(runId)).toBe("swallowed");
  });
});
