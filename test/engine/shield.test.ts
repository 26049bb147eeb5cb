import { expect, test } from "vitest";
import { fieldsOf } from "../../src/engine/index.ts";
import { getContext, isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { eventsOf, storyOf } from "./story.ts";

describeOnEachStore("a shield", ({ createEngine }) => {
  test("lets what is inside run to its end, and the request takes effect right after it", async () => {
    const gate = createGate();
    const done: string[] = [];
    const note = (name: string) => step(name, async () => void done.push(name));
    const order = workflow("order", async () => {
      await shield(async () => {
        await step("open", () => gate.pass())();
        await note("inside")();
        await sleep("10m");
        await note("still inside")();
      });
      await note("after")();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    gate.open();
    await engine.clock.advance("5m");
    expect(done).toEqual(["inside"]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelling" });
    await engine.clock.advance("5m");
    expect(done).toEqual(["inside", "still inside"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      endedAt: new Date("2030-01-01T00:10:00Z"),
      cancellation: {
        checkpoint: "step after",
        deliveredAt: new Date("2030-01-01T00:10:00Z"),
        cleanup: { steps: 0, finished: true, durationMs: 0 },
      },
    });
  });

  test("answers what its function does, and throws what it throws", async () => {
    const order = workflow("order", async () => {
      const sync = await shield(() => 5);
      const fromStep = await shield(step("inside", async () => "value"));
      const error = await shield(async () => {
        throw new RangeError("no");
      }).catch((thrown: Error) => thrown.message);
      const thrown = await shield(() => {
        throw new RangeError("sync");
      }).catch((thrown: Error) => thrown.message);
      return [sync, fromStep, error, thrown];
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toEqual([5, "value", "no", "sync"]);
  });

  test("nests: only the end of the outermost lets the cancellation in", async () => {
    const gate = createGate();
    const done: string[] = [];
    const note = (name: string) => step(name, async () => void done.push(name));
    const order = workflow("order", async () => {
      await shield(async () => {
        await shield(step("inner", () => gate.pass()));
        await note("between")();
        await shield(note("second inner"));
        await note("outer")();
      });
      await note("after")();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    gate.open();
    await engine.settle();
    expect(done).toEqual(["between", "second inner", "outer"]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
  });

  test("keeps the others from being rejected while it goes on", async () => {
    const gate = createGate();
    const seen: string[] = [];
    const order = workflow("order", async () => {
      const branches = await Promise.allSettled([
        shield(async () => {
          await step("shielded", () => gate.pass())();
          await step("shielded too", async () => void seen.push("shielded branch done"))();
        }),
        sleep("1h").catch((error) => {
          seen.push(`sleeper heard ${isCancellation(error)}`);
          throw error;
        }),
      ]);
      seen.push(...branches.map(({ status }) => status));
      await step("after", async () => void seen.push("after"))();
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    expect(seen).toEqual([]);
    gate.open();
    await engine.settle();
    expect(seen).toEqual(["shielded branch done", "sleeper heard true", "fulfilled", "rejected"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { checkpoint: "sleep", cleanup: { steps: 0, finished: true } },
    });
  });

  test("in Promise.all is completed although the other branch has ended the workflow", async () => {
    const gate = createGate();
    const done: string[] = [];
    const order = workflow("order", async () => {
      await Promise.all([
        sleep("1h"),
        shield(async () => {
          await step("write", () => gate.pass())();
          await sleep("1m");
          await step("commit", async () => void done.push("commit"))();
        }),
      ]);
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.clock.advance("5m");
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelling" });
    gate.open();
    await engine.clock.advance("5m");
    expect(done).toEqual(["commit"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      endedAt: new Date("2030-01-01T00:06:00Z"),
    });
  });

  test.each<[string, () => unknown, string]>([
    ["returns", () => "done", "completed"],
    [
      "throws",
      () => {
        throw new Error("no");
      },
      "failed",
    ],
  ])("that is open keeps the run from ending when the workflow %s", async (_, end, status) => {
    const done: string[] = [];
    const order = workflow("order", async () => {
      void shield(async () => {
        await sleep("1m");
        await step("commit", async () => void done.push("commit"))();
      });
      await step("charge", async () => {})();
      return end();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("30s");
    expect((await engine.getRun(runId)).endedAt).toBeUndefined();
    await engine.clock.advance("30s");
    expect(done).toEqual(["commit"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status,
      endedAt: new Date("2030-01-01T00:01:00Z"),
    });
  });

  test("has its steps tried again, slept through and taken over like any others", async () => {
    let attempts = 0;
    const flaky = step(
      "flaky",
      async () => {
        attempts += 1;
        if (attempts < 3) throw new Error("busy");
        return attempts;
      },
      { backoff: { initial: "1m", jitter: false } },
    );
    const cleaned: unknown[] = [];
    const order = workflow("order", async () => {
      try {
        await sleep("1h");
      } catch (error) {
        await shield(async () => {
          cleaned.push(await flaky());
          await sleep("2m");
          await step("last", async () => void cleaned.push("last"))();
        });
        throw error;
      }
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.clock.advance("10m");
    expect(cleaned).toEqual([3, "last"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { cleanup: { steps: 2, finished: true, durationMs: 5 * 60_000 } },
    });
  });

  test("survives further requests, which are asked again and again", async () => {
    const done: string[] = [];
    const order = workflow("order", async () => {
      try {
        await sleep("1h");
      } finally {
        await shield(async () => {
          for (const name of ["a", "b", "c"]) {
            await sleep("1m");
            await Promise.all([
              step(name, async () => void done.push(name))(),
              step(`${name}2`, async () => void done.push(`${name}2`))(),
            ]);
          }
        });
      }
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    for (let times = 0; times < 8; times++) {
      await engine.cancel(runId, { reason: `request ${times}` });
      await engine.clock.advance("30s");
    }
    expect(done.sort()).toEqual(["a", "a2", "b", "b2", "c", "c2"]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { reason: "request 0", cleanup: { steps: 6, finished: true } },
    });
  });

  test("is recorded on each command in it", async () => {
    const order = workflow("order", async () => {
      await Promise.all([
        shield(() => Promise.all([sleep("1s"), step("in", async () => {})()])),
        Promise.all([sleep("1s"), step("out", async () => {})()]),
      ]);
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("1s");
    const { events } = await engine.getEvents(runId);
    const marks = events
      .map(fieldsOf)
      .flatMap(({ type, step, command, shielded }) =>
        typeof shielded === "boolean" ? [`${type} ${step ?? command} ${shielded}`] : [],
      );
    expect(marks.sort()).toEqual([
      "sleep.completed 0 true",
      "sleep.completed 2 false",
      "sleep.started 0 true",
      "sleep.started 2 false",
      "step.completed in true",
      "step.completed out false",
      "step.scheduled in true",
      "step.scheduled out false",
    ]);
  });

  test("that ended protects nothing that follows it", async () => {
    let caught: unknown;
    const order = workflow("order", async () => {
      await shield(step("begin", async () => {}));
      await sleep("1h").catch((error) => {
        caught = error;
      });
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    expect(isCancellation(caught)).toBe(true);
  });

  test("knows of the cancellation inside, without being stopped by it", async () => {
    let inside: unknown;
    const order = workflow("order", async () => {
      try {
        await sleep("1h");
      } catch {
        await shield(async () => {
          const context = getContext();
          await context.checkCancellation();
          inside = [context.cancellation?.reason, context.signal.aborted];
          await step("clean", async () => {})();
        });
      }
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId, { reason: "enough" });
    await engine.settle();
    expect(inside).toEqual(["enough", true]);
    expect(await storyOf(engine, runId, { only: /step/ })).toEqual([
      "step.started clean",
      "step.completed clean",
    ]);
    expect(await eventsOf(engine, runId, "workflow.completed")).toHaveLength(1);
  });
});
