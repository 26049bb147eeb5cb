import { SpanStatusCode, trace } from "@opentelemetry/api";
import { ParentBasedSampler, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace-base";
import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import {
  child,
  FatalError,
  isCancellation,
  shield,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { createGate } from "../engine/gate.ts";
import { silent } from "../silent.ts";
import { createTelemetryRig, endOf, onlySpan, timeOf, treeOf } from "./telemetry-rig.ts";

const START = Date.parse("2030-01-01T00:00:00Z");

describe("the trace of a run", () => {
  it("has a span for the run and one for each step, from start to end", async () => {
    const rig = createTelemetryRig();
    const charge = step("charge", async () => "paid");
    const ship = step("ship", async () => "sent");
    const order = workflow("order", async () => {
      await charge();
      await sleep("1h");
      await ship();
    });
    const engine = createTestEngine({ workflows: [order], observer: rig.observer });
    const { runId } = await engine.start(order);
    await engine.clock.advance("2h");

    expect(treeOf(rig.spans())).toEqual([
      "run order completed",
      "  step charge #1 completed",
      "  step ship #1 completed",
    ]);
    const run = onlySpan(rig.spans(), "run order");
    expect(run.parentSpanContext).toBeUndefined();
    expect(run.status.code).toBe(SpanStatusCode.UNSET);
    expect([timeOf(run), endOf(run)]).toEqual([START, START + 3_600_000]);
    expect(run.attributes).toEqual({
      "detent.run.id": runId,
      "detent.workflow.name": "order",
      "detent.workflow.version": "1",
      "detent.run.status": "completed",
    });
    const shipped = onlySpan(rig.spans(), "step ship");
    expect(timeOf(shipped)).toBe(START + 3_600_000);
    expect(shipped.attributes).toEqual({
      "detent.run.id": runId,
      "detent.workflow.name": "order",
      "detent.workflow.version": "1",
      "detent.step.name": "ship",
      "detent.step.attempt": 1,
      "detent.step.shielded": false,
      "detent.step.outcome": "completed",
    });
  });

  it("of a child is one of its own, whose span links to that of its parent", async () => {
    const rig = createTelemetryRig();
    const ship = workflow("ship", async () => "sent");
    const order = workflow("order", async () => (await child(ship)).result());
    const engine = createTestEngine({ workflows: [order, ship], observer: rig.observer });
    const { runId } = await engine.start(order);
    await engine.settle();

    const parent = onlySpan(rig.spans(), "run order");
    const shipped = onlySpan(rig.spans(), "run ship");
    expect(shipped.parentSpanContext).toBeUndefined();
    expect(shipped.spanContext().traceId).not.toBe(parent.spanContext().traceId);
    const { traceId, spanId } = parent.spanContext();
    expect(shipped.links.map(({ context }) => context)).toMatchObject([{ traceId, spanId }]);
    expect(shipped.attributes["detent.parent.run.id"]).toBe(runId);
    expect(parent.links).toEqual([]);
    expect(parent.attributes).not.toHaveProperty(["detent.parent.run.id"]);
  });

  it("shows each failed attempt, and what it failed with, but not what that said", async () => {
    const rig = createTelemetryRig();
    const charge = step(
      "charge",
      async () => {
        throw Object.assign(new TypeError("card 4111"), { code: "ECARD" });
      },
      { retries: 1 },
    );
    const order = workflow("order", () => charge());
    const engine = createTestEngine({ workflows: [order], observer: rig.observer });
    await engine.start(order);
    await engine.clock.advance("1h");

    expect(treeOf(rig.spans())).toEqual([
      "run order failed",
      "  step charge #1 failed",
      "  step charge #2 failed",
    ]);
    for (const span of rig.spans().filter(({ name }) => name === "step charge")) {
      expect(span.status).toEqual({ code: SpanStatusCode.ERROR });
      expect(span.attributes).toMatchObject({ "error.type": "ECARD" });
    }
    const run = onlySpan(rig.spans(), "run order");
    expect(run.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(run.attributes).toMatchObject({ "error.type": "step.failed" });
  });

  it("tells of a cancellation: who asked, where it was delivered, what clean-up did", async () => {
    const rig = createTelemetryRig();
    const gate = createGate();
    const charge = step("charge", () => gate.pass());
    const ship = step("ship", async () => {});
    const refund = step("refund", async () => {});
    const order = workflow("order", async () => {
      try {
        await charge();
        await ship();
      } catch (error) {
        if (isCancellation(error)) {
          await shield(async () => {
            await sleep("1m");
            await refund();
          });
        }
        throw error;
      }
    });
    const engine = createTestEngine({ workflows: [order], observer: rig.observer });
    const { runId } = await engine.start(order);
    await engine.clock.advance("1s");
    await engine.cancel(runId, { reason: "Changed her mind", requestedBy: "alice" });
    await engine.clock.advance("1s");
    gate.open();
    await engine.clock.advance("5m");

    expect(treeOf(rig.spans())).toEqual([
      "run order cancelled",
      "  step charge #1 completed",
      "  clean-up",
      "  step refund #1 completed",
    ]);
    const run = onlySpan(rig.spans(), "run order");
    const { cancellation } = await engine.getRun(runId);
    expect(run.status.code).toBe(SpanStatusCode.UNSET);
    expect(run.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      [
        "cancellation.requested",
        {
          "detent.cancellation.reason": "Changed her mind",
          "detent.cancellation.requested_by": "alice",
        },
      ],
      ["cancellation.delivered", { "detent.cancellation.checkpoint": "step ship" }],
    ]);
    const [requested, delivered] = run.events.map(({ time: [seconds] }) => seconds * 1000);
    expect(requested).toBe(cancellation?.requestedAt.getTime());
    expect(delivered).toBe(cancellation?.deliveredAt?.getTime());
    const cleanup = onlySpan(rig.spans(), "clean-up");
    expect([timeOf(cleanup), endOf(cleanup)]).toEqual([delivered, endOf(run)]);
    expect(endOf(cleanup) - timeOf(cleanup)).toBe(60_000);
    expect(cleanup.attributes).toMatchObject({
      "detent.cleanup.steps": 1,
      "detent.cleanup.finished": true,
    });
    const refunded = onlySpan(rig.spans(), "step refund");
    expect(refunded.attributes["detent.step.shielded"]).toBe(true);
  });

  it("shows clean-up that did not finish as an error, and a cancellation that came too late", async () => {
    const rig = createTelemetryRig();
    const stuck = workflow("stuck", async () => {
      try {
        await sleep("1h");
      } finally {
        await shield(() => sleep("2h"));
      }
    });
    const gate = createGate();
    const short = workflow("short", () => step("work", () => gate.pass())());
    const engine = createTestEngine({ workflows: [stuck, short], observer: rig.observer });
    const one = await engine.start(stuck);
    await engine.settle();
    await engine.cancel(one.runId, { gracePeriod: "1m" });
    await engine.clock.advance("5m");
    const cleanup = onlySpan(rig.spans(), "clean-up");
    expect(cleanup.status.code).toBe(SpanStatusCode.ERROR);
    expect(cleanup.attributes).toMatchObject({ "detent.cleanup.finished": false });
    const terminated = onlySpan(rig.spans(), "run stuck");
    expect(terminated.attributes).toMatchObject({
      "detent.run.status": "terminated",
      "detent.termination.reason": expect.stringContaining("grace period"),
      "detent.termination.requested_by": "detent",
    });
    expect(terminated.attributes).not.toHaveProperty("detent.cancellation.too_late");
    expect(terminated.status.code).toBe(SpanStatusCode.ERROR);

    const two = await engine.start(short);
    await engine.settle();
    await engine.cancel(two.runId);
    gate.open();
    await engine.settle();
    const late = onlySpan(rig.spans(), "run short");
    expect(late.attributes).toMatchObject({
      "detent.run.status": "completed",
      "detent.cancellation.too_late": true,
    });
    expect(late.events.map(({ name }) => name)).toEqual(["cancellation.requested"]);
  });

  it("has a span for each of several steps at once", async () => {
    const rig = createTelemetryRig();
    const gate = createGate();
    const part = (name: string) => step(name, () => gate.pass());
    const order = workflow("order", async () => {
      await Promise.all([part("a")(), part("b")(), part("c")()]);
    });
    const engine = createTestEngine({ workflows: [order], observer: rig.observer });
    await engine.start(order);
    await engine.clock.advance("1s");
    gate.open();
    await engine.clock.advance("1s");
    const [root, ...steps] = treeOf(rig.spans());
    expect(root).toBe("run order completed");
    expect(steps.sort()).toEqual([
      "  step a #1 completed",
      "  step b #1 completed",
      "  step c #1 completed",
    ]);
  });

  it("is of one run alone, also of a younger one with the same id", async () => {
    const rig = createTelemetryRig();
    const order = workflow("order", () => step("work", async () => {})());
    const traces = new Set<string>();
    for (const runId of ["one", "one", "two"]) {
      // Another store: there, the id was never given.
      const engine = createTestEngine({ workflows: [order], observer: rig.observer });
      await engine.start(order, undefined, { runId });
      await engine.settle();
    }
    for (const span of rig.spans()) traces.add(span.spanContext().traceId);
    expect(traces.size).toBe(3);
  });
});

describe("the spans of user code", () => {
  it("are children of the attempt in steps, and none come from a replay", async () => {
    const rig = createTelemetryRig();
    const tracer = rig.provider.getTracer("user");
    let tries = 0;
    const charge = step(
      "charge",
      async () => {
        await Promise.resolve();
        tracer.startActiveSpan("POST /charges", (span) => span.end());
        tries += 1;
        if (tries < 2) throw new Error("again");
      },
      { backoff: { initial: 1 } },
    );
    const ship = step("ship", async () => {});
    const order = workflow("order", async () => {
      await charge();
      await ship();
    });
    const engine = createTestEngine({
      workflows: [order],
      observer: rig.observer,
      replay: "cold",
      logger: silent,
    });
    await engine.start(order);
    await engine.clock.advance("1m");
    expect(treeOf(rig.spans())).toEqual([
      "run order completed",
      "  step charge #1 failed",
      "    POST /charges",
      "  step charge #2 completed",
      "    POST /charges",
      "  step ship #1 completed",
    ]);
  });

  it("find the attempt's span active, also after what they await, and not outside", async () => {
    const rig = createTelemetryRig();
    const seen: (string | undefined)[] = [];
    const here = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;
    const order = workflow("order", async () => {
      seen.push(here());
      await step("work", async () => {
        seen.push(here());
        await new Promise(setImmediate);
        seen.push(here());
      })();
      seen.push(here());
    });
    const engine = createTestEngine({ workflows: [order], observer: rig.observer });
    await engine.start(order);
    await engine.settle();
    const { spanId } = onlySpan(rig.spans(), "step work").spanContext();
    expect(seen).toEqual([undefined, spanId, spanId, undefined]);
  });
});

describe("the invocations that work on a run", () => {
  it("are linked from its spans, and what asked for something links to it", async () => {
    const rig = createTelemetryRig();
    const tracer = rig.provider.getTracer("platform");
    const invocation = <T>(name: string, work: () => Promise<T>): Promise<T> =>
      tracer.startActiveSpan(name, { root: true }, async (span) => {
        try {
          return await work();
        } finally {
          span.end();
        }
      });
    const gate = createGate();
    const order = workflow("order", async () => {
      await step("charge", () => gate.pass())();
      await step("ship", async () => {})();
    });
    const engine = createTestEngine({ workflows: [order], observer: rig.observer });
    const { runId } = await invocation("POST /runs", () => engine.start(order));
    const turn = invocation("turn", () => engine.turn({ runId }));
    await expect.poll(() => gate.reached).toBe(1);
    await invocation("POST /cancel", () => engine.cancel(runId));
    gate.open();
    await turn;
    await engine.settle();

    const idOf = (name: string) => onlySpan(rig.spans(), name).spanContext();
    const linksOf = (name: string) =>
      onlySpan(rig.spans(), name).links.map(({ context: { traceId, spanId } }) => ({
        traceId,
        spanId,
      }));
    const to = ({ traceId, spanId }: { traceId: string; spanId: string }) => [{ traceId, spanId }];
    expect(linksOf("step charge")).toEqual(to(idOf("turn")));
    expect(linksOf("run order")).toEqual(to(idOf("turn")));
    expect(linksOf("POST /runs")).toEqual(to(idOf("run order")));
    expect(linksOf("POST /cancel")).toEqual(to(idOf("run order")));
    expect(idOf("turn").traceId).not.toBe(idOf("run order").traceId);
  });
});

describe("sampling", () => {
  it("is decided for a whole run, alike in every process", async () => {
    const sampler = () => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.5) });
    const rigs = [0, 1].map(() => createTelemetryRig({ sampler: sampler() }));
    const order = workflow("order", async () => {
      await step("one", async () => {})();
      await step("two", async () => {
        throw new FatalError("no");
      })();
    });
    const store = createMemoryStore();
    let made = 0;
    const newId = () => `id-${made++}`;
    const engines = rigs.map(({ observer }) =>
      createTestEngine({ workflows: [order], store, observer, newId }),
    );
    for (let run = 0; run < 30; run += 1) {
      const { runId } = (await engines[0]?.start(order)) ?? { runId: "" };
      // One turn here, one there, as functions take them.
      for (let turn = 0; turn < 4; turn += 1) await engines[turn % 2]?.turn({ runId });
    }
    const spans = rigs.flatMap((rig) => rig.spans());
    const traces = new Set(spans.map((span) => span.spanContext().traceId));
    expect(traces.size).toBeGreaterThan(3);
    expect(traces.size).toBeLessThan(27);
    for (const traceId of traces) {
      const ofRun = spans.filter((span) => span.spanContext().traceId === traceId);
      expect(treeOf(ofRun)).toEqual([
        "run order failed",
        "  step one #1 completed",
        "  step two #1 failed",
      ]);
    }
  });
});
