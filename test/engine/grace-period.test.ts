import { expect, test } from "vitest";
import { getContext, shield, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { createHandHeld } from "./hand-held.ts";
import { storyOf } from "./story.ts";

const BEGIN = Date.UTC(2030, 0, 1);
const at = (seconds: number): Date => new Date(BEGIN + seconds * 1000);

describeOnEachStore("the grace period of a cancellation", (world) => {
  const { createEngine } = world;
  /** Sleeps; when it is cancelled, its clean-up takes ten steps of a minute each. */
  const slow = workflow("slow", async () => {
    try {
      await sleep("10h");
    } finally {
      await shield(async () => {
        for (let n = 0; n < 10; n++) {
          await step("clean", async () => {})();
          await sleep("1m");
        }
      });
    }
  });

  test("ends clean-up that takes longer: the run is terminated, unfinished", async () => {
    const engine = createEngine({ workflows: [slow] });
    const { runId } = await engine.start(slow);
    await engine.settle();
    await engine.cancel(runId, { reason: "enough", gracePeriod: "150s" });
    expect((await engine.getRun(runId)).cancellation).not.toHaveProperty("deadline");
    await engine.settle();
    expect((await engine.getRun(runId)).cancellation).toMatchObject({ deadline: at(150) });
    await engine.clock.advance("149s");
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelling" });
    await engine.clock.advance("1s");
    expect(await engine.getRun(runId)).toMatchObject({
      status: "terminated",
      endedAt: at(150),
      cancellation: {
        reason: "enough",
        deliveredAt: at(0),
        cleanup: { steps: 3, finished: false, durationMs: 150_000 },
      },
      termination: {
        reason: expect.stringContaining("grace period"),
        requestedBy: "detent",
        at: at(150),
      },
    });
    await engine.clock.advance("1h");
    const story = await storyOf(engine, runId);
    expect(story.filter((line) => line === "step.started clean")).toHaveLength(3);
    expect(story.slice(-2)).toEqual(["sleep.cancelled", "workflow.terminated"]);
    await expect(engine.result(runId)).rejects.toMatchObject({
      code: "run.ended",
      reason: expect.stringContaining("grace period"),
    });
  });

  test("leaves clean-up that is quicker alone", async () => {
    const engine = createEngine({ workflows: [slow] });
    const { runId } = await engine.start(slow);
    await engine.settle();
    await engine.cancel(runId, { gracePeriod: "11m" });
    await engine.clock.advance("1h");
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { cleanup: { steps: 10, finished: true, durationMs: 600_000 } },
    });
  });

  test("is 15 minutes unless the engine or the request says otherwise", async () => {
    const usual = createEngine({ workflows: [slow] });
    const short = createEngine({ workflows: [slow], gracePeriod: "30s" });
    for (const [engine, deadline] of [
      [usual, at(900)],
      [short, at(30)],
    ] as const) {
      const { runId } = await engine.start(slow);
      await engine.settle();
      await engine.cancel(runId);
      await engine.settle();
      expect((await engine.getRun(runId)).cancellation).toMatchObject({ deadline });
    }
  });

  test("is that of the first request", async () => {
    const engine = createEngine({ workflows: [slow] });
    const { runId } = await engine.start(slow);
    await engine.settle();
    await engine.cancel(runId, { gracePeriod: "5m" });
    await engine.cancel(runId, { gracePeriod: "1s" });
    await engine.clock.advance("4m");
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelling",
      cancellation: { deadline: at(300) },
    });
    await engine.clock.advance("1m");
    expect(await engine.getRun(runId)).toMatchObject({ status: "terminated" });
  });

  test("of nothing leaves no time for clean-up", async () => {
    const engine = createEngine({ workflows: [slow] });
    const { runId } = await engine.start(slow);
    await engine.settle();
    await engine.cancel(runId, { gracePeriod: 0 });
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({ status: "terminated", endedAt: at(0) });
    expect(await storyOf(engine, runId, { only: /step/ })).toEqual([]);
  });

  test.each<[string, Parameters<typeof step>[2]]>([
    ["has no timeout", {}],
    ["has a long timeout", { timeout: "3h" }],
  ])(
    "counts from the delivery: a step that %s is let finish, then clean-up has it whole",
    async (_, options) => {
      const gate = createGate();
      const long = workflow("long", async () => {
        try {
          await step("render", () => gate.pass(), options)();
          await step("never", async () => {})();
        } finally {
          await shield(async () => {
            await sleep("59s");
            await step("clean", async () => {})();
          });
        }
      });
      const engine = createEngine({ workflows: [long] });
      const { runId } = await engine.start(long);
      await engine.settle();
      await engine.cancel(runId, { gracePeriod: "1m" });
      await engine.clock.advance("20m");
      const asked = await engine.getRun(runId);
      expect(asked.status).toBe("cancelling");
      expect(asked.cancellation).not.toHaveProperty("deadline");
      gate.open();
      await engine.clock.advance("5m");
      const landed = 20 * 60;
      expect(await engine.getRun(runId)).toMatchObject({
        status: "cancelled",
        cancellation: {
          deliveredAt: at(landed),
          deadline: at(landed + 60),
          checkpoint: "step never",
          cleanup: { steps: 1, finished: true, durationMs: 59_000 },
        },
      });
      expect(await storyOf(engine, runId, { only: /step/ })).toEqual([
        "step.started render",
        "step.completed render",
        "step.started clean",
        "step.completed clean",
      ]);
    },
  );

  test("is unlimited by the longest duration of the run while a step is let finish", async () => {
    const gate = createGate();
    const long = workflow(
      "long",
      async () => {
        try {
          await step("render", () => gate.pass())();
          await sleep("1h");
        } finally {
          await shield(step("clean", async () => {}));
        }
      },
      { maxDuration: "1m" },
    );
    const engine = createEngine({ workflows: [long] });
    const { runId } = await engine.start(long);
    await engine.clock.advance("20m");
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelling" });
    gate.open();
    await engine.clock.advance("1m");
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { requestedBy: "detent", deadline: at(1200 + 900), cleanup: { steps: 1 } },
    });
  });

  test("tells a shielded step of the end by its signal", async () => {
    const gate = createGate();
    let reason: unknown;
    const stuck = workflow("stuck", async () => {
      try {
        await sleep("1h");
      } finally {
        await shield(
          step("hang", async () => {
            const { signal } = getContext();
            signal.addEventListener("abort", () => {
              reason = signal.reason;
            });
            await gate.pass();
          }),
        );
      }
    });
    const engine = createEngine({ workflows: [stuck] });
    const { runId } = await engine.start(stuck);
    await engine.settle();
    await engine.cancel(runId, { gracePeriod: "1m" });
    await engine.clock.advance("30s");
    expect(reason).toBeUndefined();
    await engine.clock.advance("1m");
    expect(await engine.getRun(runId)).toMatchObject({
      status: "terminated",
      cancellation: { cleanup: { steps: 1, finished: false, durationMs: 60_000 } },
    });
    expect(reason).toMatchObject({ code: "run.cancelled" });
    gate.open();
    await engine.settle();
  });

  test("ends although every message about it is lost", async () => {
    const engine = createEngine({ workflows: [slow] });
    const { runId } = await engine.start(slow);
    await engine.settle();
    await engine.cancel(runId, { gracePeriod: "3m" });
    await engine.settle();
    // A fresh process, which has none of the messages.
    const later = createEngine({ workflows: [slow], now: at(179) });
    await later.clock.advance("1s");
    expect(await later.getRun(runId)).toMatchObject({ status: "terminated", endedAt: at(180) });
  });

  test.each(["a step in the log", "a task"])(
    "ends a run with much left open, though a large result of %s comes after it",
    async (how) => {
      const gate = createGate();
      const big = step("big", async () => {
        await gate.pass();
        return "x".repeat(390_000);
      });
      const order = workflow("order", async () => {
        try {
          await sleep("10h");
        } finally {
          await shield(async () => {
            const naps = Array.from({ length: 400 }, () => sleep("20h"));
            const small = how === "a task" ? [step("small", async () => {})()] : [];
            await Promise.all([big(), ...small, ...naps]);
          });
        }
      });
      const held = createHandHeld([order], { store: world.store });
      const { engine } = held;
      const { runId } = await engine.start("order");
      world.watch(runId, [order]);
      await engine.turn({ runId });
      await engine.cancel(runId, { gracePeriod: "30s" });
      held.takeSent();
      const delivering = engine.turn({ runId });
      if (how === "a task") await delivering;
      const tasks = held.takeSent().filter(({ continuation }) => continuation.task !== undefined);
      const executing = tasks.map(({ continuation }) => engine.turn(continuation));
      await expect.poll(() => gate.reached).toBe(1);
      // All but the large one is done by then: whoever comes first after the deadline ends the run.
      await Promise.all(executing.slice(0, -1));
      held.clock.now += 31_000;
      gate.open();
      await Promise.all([delivering, ...executing]);
      expect(await engine.getRun(runId)).toMatchObject({ status: "terminated" });
      const story = await storyOf(engine, runId);
      expect(story.at(-1)).toBe("workflow.terminated");
      expect(story.filter((line) => line === "sleep.cancelled")).toHaveLength(401);
      expect(story).toContain("step.completed big");
    },
  );
});

describeOnEachStore("a workflow that swallows its cancellation in a loop", ({ createEngine }) => {
  test.each<[string, () => Promise<unknown>]>([
    ["sleeps", () => sleep("1m")],
    ["steps", () => step("more", async () => {})()],
    ["checkCancellation()", () => getContext().checkCancellation()],
  ])("of %s is stopped, with what to do about it", async (_, again) => {
    const endless = workflow("endless", async () => {
      for (;;) {
        try {
          await sleep("1h");
          await again();
        } catch {
          await again().catch(() => {});
        }
      }
    });
    const engine = createEngine({ workflows: [endless] });
    const { runId } = await engine.start(endless);
    await engine.settle();
    await engine.cancel(runId);
    await engine.clock.advance("1h");
    const run = await engine.getRun(runId);
    expect(run.status).toBe("terminated");
    await expect(engine.result(runId)).rejects.toMatchObject({
      reason: expect.stringContaining("isCancellation"),
    });
  });
});
