import { describe, expect, test } from "vitest";
import { close, terminate } from "../../src/core/decide/ending.ts";
import { ForeignAwaitError } from "../../src/core/errors.ts";
import { EVENTS_PER_ENTRY } from "../../src/core/events.ts";
import type { Ending } from "../../src/core/outcome.ts";
import { encode } from "../../src/core/value.ts";
import { busy, on, START, sleepAt, stateAfter, stepAt, typesOf } from "./logs.ts";
import { decided } from "./situations.ts";

const output = encode("ok", "it");
const returned: Ending = { type: "completed", output };
const threw: Ending = { type: "threw", error: busy, cancellation: false };
const stopped: Ending = { type: "threw", error: busy, cancellation: true };

describe("a workflow that", () => {
  test("returned has completed", () => {
    expect(decided([], { ending: returned })).toEqual({
      events: [{ type: "workflow.completed", output }],
      next: { type: "ended" },
    });
  });

  test("threw has failed", () => {
    expect(decided([], { ending: threw }).events).toEqual([
      { type: "workflow.failed", error: busy },
    ]);
  });

  test("let a cancellation through is cancelled", () => {
    const log = [on.requested(), on.delivered()];
    expect(decided(log, { ending: stopped }).events).toEqual([
      { type: "workflow.cancelled", error: busy },
    ]);
  });

  test("threw something else after a cancellation has failed", () => {
    const log = [on.requested(), on.delivered()];
    expect(typesOf(decided(log, { ending: threw }).events)).toEqual(["workflow.failed"]);
  });

  test("threw a cancellation that nobody asked for has failed", () => {
    expect(typesOf(decided([], { ending: stopped }).events)).toEqual(["workflow.failed"]);
  });

  test("threw a cancellation of its own before the request was delivered has failed", () => {
    expect(typesOf(decided([on.requested()], { ending: stopped }).events)).toEqual([
      "workflow.failed",
    ]);
  });

  test("leaves what it has called and nobody awaits: it never began", () => {
    const pending = [
      stepAt(0, "charge"),
      stepAt(1, "notify"),
      sleepAt(2, 9000),
      stepAt(3, "log", { shielded: true }),
    ];
    const { events } = decided([on.started(0, "charge")], { ending: returned, pending });
    expect(events).toEqual([
      { type: "step.abandoned", command: 0, step: "charge", attempt: 1, shielded: false },
      { type: "step.abandoned", command: 1, step: "notify", attempt: 0, shielded: false },
      { type: "sleep.cancelled", command: 2, shielded: false, begun: false },
      { type: "step.abandoned", command: 3, step: "log", attempt: 0, shielded: true },
      { type: "workflow.completed", output },
    ]);
  });

  test("returned before the request was delivered has completed", () => {
    const { events } = decided([on.requested()], { ending: returned });
    expect(typesOf(events)).toEqual(["workflow.completed"]);
  });
});

describe("a run whose workflow has ended", () => {
  test("does not end while a shield is open", () => {
    const pending = [stepAt(0, "release", { shielded: true })];
    const { events, next } = decided([], { ending: threw, openShields: 1, pending });
    expect(typesOf(events)).toEqual(["step.started release #1"]);
    expect(next).toMatchObject({ type: "run" });
  });

  test("ends at its deadline, shield or not", () => {
    const log = [on.requested(), on.delivered({ deadline: 50 })];
    const { events } = decided(log, { ending: threw, openShields: 1 });
    expect(typesOf(events)).toEqual(["workflow.terminated"]);
  });

  test("records what it leaves behind", () => {
    const log = [
      on.started(0, "charge"),
      on.scheduled(1, "ship"),
      on.asleep(2, 9000),
      on.started(3, "bill", { attempt: 2 }),
      on.retrying(3, "bill", { attempt: 2 }),
    ];
    const pending = [stepAt(0, "charge"), stepAt(1, "ship"), sleepAt(2, 0), stepAt(3, "bill")];
    expect(typesOf(decided(log, { ending: returned, pending }).events)).toEqual([
      "step.abandoned charge #1",
      "step.abandoned ship #1",
      "sleep.cancelled",
      "step.cancelled bill #2",
      "workflow.completed",
    ]);
  });

  test("leaves out what does not fit into its last entry", () => {
    const log = Array.from({ length: 5000 }, (_, command) => on.asleep(command, 9000));
    const { events } = decided(log, { ending: returned });
    expect(events.length).toBeLessThan(EVENTS_PER_ENTRY);
    expect(events.at(-1)).toMatchObject({ type: "workflow.completed" });
  });

  test("has its due sleeps over first, so that a replay meets them in the same order", () => {
    const { events, next } = decided(
      [on.asleep(0, 50)],
      { ending: returned, pending: [sleepAt(0, 50)] },
      { now: START + 60 },
    );
    expect(typesOf(events)).toEqual(["sleep.completed"]);
    expect(next).toEqual({ type: "replay" });
  });
});

describe("a run that", () => {
  test("has ended calls for nothing", () => {
    const log = [on.completedRun()];
    expect(decided(log, { pending: [stepAt(0, "charge")] })).toEqual({
      events: [],
      next: { type: "ended" },
    });
  });

  test("cannot be replayed has nothing appended to its log", () => {
    const fault = new ForeignAwaitError("The workflow ended");
    expect(decided([], { fault, ending: returned })).toEqual({
      events: [],
      next: { type: "problem", error: fault },
    });
  });

  test("cannot be replayed ends all the same when its grace period does", () => {
    const fault = new ForeignAwaitError("The workflow ended");
    const log = [on.requested(), on.delivered({ deadline: 50 })];
    expect(typesOf(decided(log, { fault }).events)).toEqual(["workflow.terminated"]);
  });

  test("cannot be replayed is kept for a mended deployment, asked to stop or not", () => {
    const fault = new ForeignAwaitError("The workflow ended");
    expect(decided([on.requested(50)], { fault }, { now: START + 9_000_000 })).toEqual({
      events: [],
      next: { type: "problem", error: fault },
    });
  });

  test("swallows its cancellation in a loop is terminated, with what to do about it", () => {
    const { events, next } = decided([on.requested(), on.delivered()], { runaway: true });
    expect(events).toEqual([
      {
        type: "workflow.terminated",
        reason: expect.stringContaining("isCancellation"),
        requestedBy: "detent",
      },
    ]);
    expect(next).toEqual({ type: "ended" });
  });

  test("does so while a shield is open elsewhere is terminated only after that", () => {
    const refund = stepAt(2, "refund", { shielded: true });
    const standing = { runaway: true, openShields: 1, pending: [refund] };
    const { events } = decided([on.requested(), on.delivered()], standing);
    expect(typesOf(events)).toEqual(["step.started refund #1"]);
  });

  test("is terminated leaves behind what it had begun", () => {
    const state = stateAfter(on.started(0, "charge"), on.asleep(1, 50));
    const { events, next } = terminate(state, { reason: "stuck", requestedBy: "bob" });
    expect(typesOf(events)).toEqual([
      "step.abandoned charge #1",
      "sleep.cancelled",
      "workflow.terminated",
    ]);
    expect(events.at(-1)).toMatchObject({ reason: "stuck", requestedBy: "bob" });
    expect(next).toEqual({ type: "ended" });
  });
});

test("a run that goes on as new tells of its living children first, whatever else it leaves behind", () => {
  const asleep = Array.from({ length: 950 }, (_, command) => on.asleep(command, 9_000));
  const born = { command: 950, child: "c", workflow: "w", shielded: false };
  const state = stateAfter(...asleep, { type: "child.started", ...born });
  const last = { type: "workflow.continued" as const, command: 951, generation: 2 };
  expect(close(state, last).events).toContainEqual({ type: "child.carried", ...born });
});
