/** Runs that several engines work on, each with an SDK of its own, as processes have it. */
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import type { RunEvent } from "../../src/engine/index.ts";
import { isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";
import { createCluster } from "../engine/cluster.ts";
import { describeOnEachStore } from "../engine/each-store.ts";
import { eventsOf } from "../engine/story.ts";
import { createTelemetryRig, onlySpan, type TelemetryRig, treeOf } from "./telemetry-rig.ts";

const SIZE = 4;

function createRigs(): {
  rigs: TelemetryRig[];
  observerOf: (n: number) => TelemetryRig["observer"];
} {
  const rigs = Array.from({ length: SIZE }, () => createTelemetryRig());
  const observerOf = (n: number) => (rigs[n] ?? createTelemetryRig()).observer;
  return { rigs, observerOf };
}

/** What all of them counted together. */
async function totalsOf(rigs: readonly TelemetryRig[]): Promise<Record<string, number>> {
  const totals: Record<string, number> = {};
  for (const rig of rigs) {
    for (const [name, count] of Object.entries(await rig.counts())) {
      totals[name] = (totals[name] ?? 0) + count;
    }
  }
  return totals;
}

describeOnEachStore("several processes", (world) => {
  test.each([1])("make one trace of a run (seed %i)", async (seed) => {
    const charge = step("charge", async () => {});
    const ship = step("ship", async () => {});
    const part = step("part", async (_: number) => {});
    const order = workflow("order", async () => {
      await charge();
      await Promise.all([part(1), part(2), part(3)]);
      await sleep("1m");
      await ship();
    });
    const { rigs, observerOf } = createRigs();
    const cluster = createCluster(world, { workflows: [order], size: SIZE, seed, observerOf });
    const runs = [await cluster.start(order), await cluster.start(order)];
    await cluster.clock.advance("10m");

    const spans = rigs.flatMap((rig) => rig.spans());
    expect(rigs.filter((rig) => rig.spans().length > 0).length).toBeGreaterThan(1);
    const traceIds = new Set(spans.map((span) => span.spanContext().traceId));
    expect(traceIds.size).toBe(runs.length);
    for (const traceId of traceIds) {
      const trace = spans.filter((span) => span.spanContext().traceId === traceId);
      expect(treeOf(trace)).toEqual([
        "run order completed",
        "  step charge #1 completed",
        "  step part #1 completed",
        "  step part #1 completed",
        "  step part #1 completed",
        "  step ship #1 completed",
      ]);
      expect(new Set(trace.map((span) => span.attributes["detent.run.id"])).size).toBe(1);
    }
  });

  test("show the end of a run that another one has begun", async () => {
    const order = workflow("order", () => sleep("1h"));
    const [one, other] = [createTelemetryRig(), createTelemetryRig()];
    const first = world.createEngine({ workflows: [order], observer: one.observer });
    const second = world.createEngine({ workflows: [order], observer: other.observer });
    const { runId } = await first.start(order);
    await first.settle();
    await second.terminate(runId, { reason: "enough" });
    await first.clock.advance("2h");
    expect(one.spans()).toEqual([]);
    const run = onlySpan(other.spans(), "run order");
    expect(run.attributes["detent.run.status"]).toBe("terminated");
    expect(await totalsOf([one, other])).toMatchObject({
      "detent.runs.started{order}": 1,
      "detent.runs.ended{order,terminated}": 1,
    });
  });
});

describe("several processes", () => {
  test.each([1, 2])(
    "count what is in the log, though messages come twice and writers race (seed %i)",
    async (seed) => {
      let tries = 0;
      const flaky = step(
        "flaky",
        async () => {
          tries += 1;
          if (tries % 3 > 0) throw new Error("busy");
        },
        { backoff: { initial: 10 }, retries: 20 },
      );
      const part = step("part", async (_: number) => {});
      const clean = step("clean", async () => {});
      const order = workflow("order", async () => {
        try {
          await flaky();
          await Promise.all([part(1), part(2), part(3), part(4), flaky()]);
          await sleep("1h");
        } catch (error) {
          if (isCancellation(error)) await shield(() => clean());
          throw error;
        }
      });
      const { rigs, observerOf } = createRigs();
      const options = { workflows: [order], size: SIZE, seed, duplicates: 1, observerOf };
      const cluster = createCluster({ store: createMemoryStore(), watch() {} }, options);
      const runs = await Promise.all(Array.from({ length: 3 }, () => cluster.start(order)));
      await cluster.clock.advance("10m");
      const cancelling = Promise.all(runs.slice(0, 2).map((run) => run.cancel()));
      await cluster.clock.advance("2h");
      await cancelling;

      const totals = await totalsOf(rigs);
      const [engine] = cluster.engines;
      if (!engine) throw new Error("an empty cluster");
      const inLogs = async <Type extends RunEvent["type"]>(type: Type) => {
        const events = await Promise.all(runs.map(({ runId }) => eventsOf(engine, runId, type)));
        return events.flat();
      };
      const completed = await inLogs("step.completed");
      const of = (name: string) => completed.filter((event) => event.step === name);
      expect(totals["detent.runs.started{order}"]).toBe(3);
      expect(totals["detent.runs.ended{order,cancelled}"]).toBe(2);
      expect(totals["detent.runs.ended{order,completed}"]).toBe(1);
      expect(totals["detent.cancellations.requested{order}"]).toBe(2);
      expect(totals["detent.cancellation.delivery.duration{order}"]).toBe(2);
      expect(totals["detent.cancellation.duration{order,cancelled}"]).toBe(2);
      expect(totals["detent.steps.ended{order,part,completed}"]).toBe(of("part").length);
      expect(totals["detent.steps.ended{order,clean,completed}"]).toBe(of("clean").length);
      expect(totals["detent.steps.ended{order,flaky,completed}"]).toBe(of("flaky").length);
      const retries = of("flaky").reduce((sum, event) => sum + Number(event.attempt) - 1, 0);
      expect(totals["detent.step.retries{order,flaky}"]).toBe(retries);
      expect(totals["detent.step.duration{order,flaky,failed}"]).toBe(retries);
      expect(totals["detent.append.conflicts{order}"]).toBeGreaterThan(0);
      expect(Object.keys(totals).filter((name) => name.startsWith("detent.step.lost"))).toEqual([]);

      const spans = rigs.flatMap((rig) => rig.spans());
      expect(spans.filter(({ name }) => name === "run order")).toHaveLength(3);
      expect(spans.filter(({ name }) => name === "clean-up")).toHaveLength(2);
      expect(spans.filter(({ name }) => name === "step part")).toHaveLength(of("part").length);
    },
  );
});
