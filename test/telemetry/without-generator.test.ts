/** What becomes of traces in an application whose SDK makes its ids in its own way. */
import { trace } from "@opentelemetry/api";
import { ParentBasedSampler, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace-base";
import { expect, test } from "vitest";
import { createIdGenerator, createTelemetry } from "../../src/adapters/telemetry/index.ts";
import { step, workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { createTelemetryRig, onlySpan, treeOf } from "./telemetry-rig.ts";

const order = workflow("order", async () => {
  await step("one", async () => {})();
  await step("two", async () => {})();
});

async function runOn(rig: ReturnType<typeof createTelemetryRig>): Promise<void> {
  const engine = createTestEngine({ workflows: [order], observer: rig.observer });
  await engine.start(order);
  await engine.settle();
}

test("a run is one trace, in which its span stands beside its steps", async () => {
  const rig = createTelemetryRig({ ids: false });
  await runOn(rig);
  expect(treeOf(rig.spans())).toEqual([
    "run order completed",
    "step one #1 completed",
    "step two #1 completed",
  ]);
  const contexts = rig.spans().map((span) => span.spanContext());
  expect(new Set(contexts.map(({ traceId }) => traceId)).size).toBe(1);
  const parents = rig.spans().map(({ parentSpanContext }) => parentSpanContext?.spanId);
  expect(new Set(parents).size).toBe(1);
});

test("it is all recorded, unless the sampler decides about remote parents by their trace", async () => {
  const root = new TraceIdRatioBasedSampler(0);
  const all = createTelemetryRig({ ids: false, sampler: new ParentBasedSampler({ root }) });
  await runOn(all);
  expect(all.spans()).toHaveLength(3);
  const none = createTelemetryRig({
    ids: false,
    sampler: new ParentBasedSampler({ root, remoteParentSampled: root }),
  });
  await runOn(none);
  expect(none.spans()).toEqual([]);
});

test("a generator that another SDK has changes nothing", async () => {
  createIdGenerator();
  const rig = createTelemetryRig({ ids: false });
  await runOn(rig);
  expect(treeOf(rig.spans())).toHaveLength(3);
  expect(new Set(rig.spans().map((span) => span.spanContext().traceId)).size).toBe(1);
});

test("a generator leaves the ids of other spans to the one that it was given", () => {
  const given = { generateTraceId: () => "a".repeat(32), generateSpanId: () => "b".repeat(16) };
  const ids = createIdGenerator(given);
  expect([ids.generateTraceId(), ids.generateSpanId()]).toEqual(["a".repeat(32), "b".repeat(16)]);
  const own = createIdGenerator();
  expect(own.generateTraceId()).toMatch(/^[\da-f]{32}$/);
  expect(own.generateSpanId()).toMatch(/^[\da-f]{16}$/);
  expect(own.generateSpanId()).not.toBe(own.generateSpanId());
});

test("an SDK that is registered after the engine was made is found", async () => {
  const observer = createTelemetry();
  const engine = createTestEngine({ workflows: [order], observer });
  await engine.start(order);
  await engine.settle();
  const rig = createTelemetryRig();
  trace.setGlobalTracerProvider(rig.provider);
  await engine.start(order);
  await engine.settle();
  trace.disable();
  expect(treeOf(rig.spans())).toEqual([
    "run order completed",
    "  step one #1 completed",
    "  step two #1 completed",
  ]);
  expect(onlySpan(rig.spans(), "run order").parentSpanContext).toBeUndefined();
});
