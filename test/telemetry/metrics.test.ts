import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { FatalError, sleep, step, workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { createHandHeld } from "../engine/hand-held.ts";
import { powerSwitch } from "../engine/watched-store.ts";
import { silent } from "../silent.ts";
import { createTelemetryRig } from "./telemetry-rig.ts";

describe("what is measured", () => {
  it("of runs: how many, how they ended, how long they took", async () => {
    const rig = createTelemetryRig();
    const nap = workflow("nap", () => sleep("90s"));
    const bad = workflow("bad", async () => {
      throw new Error("no");
    });
    const engine = createTestEngine({ workflows: [nap, bad], observer: rig.observer });
    await engine.start(nap, undefined, { idempotencyKey: "one" });
    await engine.start(nap, undefined, { idempotencyKey: "one" });
    await engine.start(nap);
    await engine.start(bad);
    await engine.clock.advance("1h");
    expect(await rig.counts()).toMatchObject({
      "detent.runs.started{nap}": 2,
      "detent.runs.started{bad}": 1,
      "detent.runs.ended{nap,completed}": 2,
      "detent.runs.ended{bad,failed}": 1,
      "detent.run.duration{nap,completed}": 2,
    });
    expect((await rig.sums())["detent.run.duration{nap,completed}"]).toBe(180);
  });

  it("of steps: how they ended, how long an attempt took, how many were repeated", async () => {
    const rig = createTelemetryRig();
    let tries = 0;
    const flaky = step(
      "flaky",
      async () => {
        await sleep("2s");
        tries += 1;
        if (tries < 3) throw new Error("busy");
      },
      { backoff: { initial: "10s", factor: 1, jitter: false } },
    );
    const broken = step("broken", async () => {
      throw new FatalError("no");
    });
    const order = workflow("order", async () => {
      await flaky();
      await broken().catch(() => {});
    });
    const engine = createTestEngine({ workflows: [order], observer: rig.observer });
    await engine.start(order);
    await engine.clock.advance("1h");
    expect(await rig.counts()).toMatchObject({
      "detent.step.duration{order,flaky,failed}": 2,
      "detent.step.duration{order,flaky,completed}": 1,
      "detent.step.retries{order,flaky}": 2,
      "detent.steps.ended{order,flaky,completed}": 1,
      "detent.steps.ended{order,broken,failed}": 1,
    });
    const sums = await rig.sums();
    expect(sums["detent.step.duration{order,flaky,failed}"]).toBe(4);
    expect(sums["detent.step.duration{order,flaky,completed}"]).toBe(2);
  });

  it("of cancellations: from the request to its delivery, and to the end", async () => {
    const rig = createTelemetryRig();
    const order = workflow("order", async () => {
      await step("work", () => sleep("30s"))();
      await sleep("1h");
    });
    const engine = createTestEngine({ workflows: [order], observer: rig.observer });
    const { runId } = await engine.start(order);
    await engine.clock.advance("10s");
    await engine.cancel(runId);
    await engine.cancel(runId);
    await engine.clock.advance("1h");
    expect(await rig.counts()).toMatchObject({
      "detent.cancellations.requested{order}": 1,
      "detent.cancellation.delivery.duration{order}": 1,
      "detent.runs.ended{order,cancelled}": 1,
    });
    const sums = await rig.sums();
    expect(sums["detent.cancellation.delivery.duration{order}"]).toBe(20);
    expect(sums["detent.cancellation.duration{order,cancelled}"]).toBe(20);
  });

  it("of pauses: each once, and the resume", async () => {
    const rig = createTelemetryRig();
    const order = workflow("order", async () => await sleep("1h"));
    const engine = createTestEngine({ workflows: [order], observer: rig.observer });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.pause(runId);
    await engine.pause(runId);
    await engine.resume(runId);
    await engine.clock.advance("1h");
    expect(await rig.counts()).toMatchObject({
      "detent.runs.paused{order}": 1,
      "detent.runs.resumed{order}": 1,
      "detent.runs.ended{order,completed}": 1,
    });
  });

  it("of the scheduler: how late what was due was taken up", async () => {
    const rig = createTelemetryRig();
    const order = workflow("order", async () => {
      await sleep("1m");
      await step("work", async () => {})();
    });
    const { engine, clock, deliverAll } = createHandHeld([order], { observer: rig.observer });
    const { runId } = await engine.start(order);
    clock.now += 2_000;
    await deliverAll();
    const lag = async () => (await rig.sums())["detent.scheduler.lag{order}"];
    expect(await lag()).toBe(2);
    clock.now += 100_000;
    await engine.turn({ runId });
    expect((await engine.getRun(runId)).status).toBe("completed");
    expect(await lag()).toBe(2 + 40);
    expect(await rig.counts()).toMatchObject({ "detent.scheduler.lag{order}": 2 });
  });

  it("of the scheduler: also for steps at once, and for what is tried again", async () => {
    const rig = createTelemetryRig();
    let tries = 0;
    const flaky = step(
      "flaky",
      async () => {
        tries += 1;
        if (tries === 1) throw new Error("busy");
      },
      { backoff: { initial: "10s", jitter: false } },
    );
    const order = workflow("order", () => Promise.all([flaky(), step("other", async () => {})()]));
    const { engine, clock, takeSent } = createHandHeld([order], { observer: rig.observer });
    const { runId } = await engine.start(order);
    await engine.turn({ runId });
    takeSent();
    clock.now += 3_000;
    await engine.turn({ runId, task: 0 });
    clock.now += 15_000;
    await engine.turn({ runId, task: 0 });
    clock.now += 1_000;
    await engine.turn({ runId, task: 1 });
    expect((await engine.getRun(runId)).status).toBe("completed");
    // At once; 3 s after it was scheduled; 5 s after it was due again; 19 s after it was scheduled.
    expect((await rig.sums())["detent.scheduler.lag{order}"]).toBe(3 + 5 + 19);
    expect((await rig.counts())["detent.scheduler.lag{order}"]).toBe(4);
    expect((await rig.counts())["detent.step.retries{order,flaky}"]).toBe(1);
  });

  it("of turns that cannot be done: how many, and why", async () => {
    const rig = createTelemetryRig();
    const store = createMemoryStore();
    const before = workflow("order", async () => {
      await step("one", async () => {})();
      await sleep("1m");
    });
    const after = workflow("order", async () => {
      await step("two", async () => {})();
      await sleep("1m");
    });
    const first = createTestEngine({ workflows: [before], store });
    await first.start(before);
    await first.settle();
    const second = createTestEngine({
      workflows: [after],
      store,
      observer: rig.observer,
      logger: silent,
    });
    await second.clock.advance("2m");
    const counts = await rig.counts();
    expect(counts["detent.run.problems{order,workflow.nonDeterministic}"]).toBeGreaterThan(0);
    expect(counts["detent.runs.ended{order,completed}"]).toBeUndefined();
  });

  it.each([false, true])(
    "of attempts whose function died: that they are lost (as a task: %s)",
    async (parallel) => {
      const dying = createTelemetryRig();
      const survivor = createTelemetryRig();
      let attempts = 0;
      const work = step("work", async () => {
        attempts += 1;
        if (attempts === 1) await new Promise(() => {});
      });
      const order = workflow("order", async () => {
        await Promise.all(parallel ? [work(), step("beside", async () => {})()] : [work()]);
      });
      const store = createMemoryStore();
      const power = powerSwitch(store);
      const workflows = [order];
      const first = createTestEngine({ workflows, store: power.store, observer: dying.observer });
      await first.start(order);
      await first.settle();
      power.die();
      const second = createTestEngine({ workflows, store, observer: survivor.observer });
      await second.clock.advance("5m");
      expect(attempts).toBe(2);
      expect(await survivor.counts()).toMatchObject({
        "detent.step.lost{order,work}": 1,
        "detent.steps.ended{order,work,completed}": 1,
        "detent.step.duration{order,work,completed}": 1,
        "detent.runs.ended{order,completed}": 1,
      });
      expect(Object.keys(await dying.counts())).not.toContain("detent.step.lost{order,work}");
    },
  );

  it("by nothing but names, statuses and codes", async () => {
    const rig = createTelemetryRig();
    const order = workflow("order", () => step("work", async () => {})());
    const engine = createTestEngine({ workflows: [order], observer: rig.observer });
    await engine.start(order);
    await engine.settle();
    expect([...(await rig.attributes())].sort()).toEqual([
      "detent.run.status",
      "detent.step.name",
      "detent.step.outcome",
      "detent.step.status",
      "detent.workflow.name",
    ]);
  });
});
