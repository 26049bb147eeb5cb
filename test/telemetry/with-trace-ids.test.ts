import { expect, test } from "vitest";
import { withTraceIds } from "../../src/adapters/telemetry/index.ts";
import { getContext, step, workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { keepLines } from "../logging/kept-lines.ts";
import { createTelemetryRig, onlySpan } from "./telemetry-rig.ts";

test("lines that a step logs name its span, and others name none", async () => {
  const rig = createTelemetryRig();
  const kept = keepLines();
  const work = step("work", async () => {
    for (const level of ["debug", "info", "warn", "error"] as const) {
      getContext().logger[level]("in the step", { n: 1 });
    }
  });
  const order = workflow("order", async () => {
    getContext().logger.info("in the workflow");
    await work();
  });
  const logger = withTraceIds(kept.logger);
  const engine = createTestEngine({ workflows: [order], logger, observer: rig.observer });
  const { runId } = await engine.start(order);
  await engine.settle();
  const { traceId, spanId } = onlySpan(rig.spans(), "step work").spanContext();
  const [first, ...others] = kept.lines();
  expect(first).toMatchObject({ message: "in the workflow", runId });
  expect(first).not.toHaveProperty("trace_id");
  expect(others.map(({ level }) => level)).toEqual(["debug", "info", "warn", "error"]);
  for (const line of others) {
    expect(line).toMatchObject({ runId, step: "work", attempt: 1, n: 1 });
    expect(line).toMatchObject({ trace_id: traceId, span_id: spanId });
  }
});
