import { describe, expect, test } from "vitest";
import { decide } from "../../src/core/decide/decide.ts";
import type { LogEvent } from "../../src/core/events.ts";
import { begin } from "../../src/core/fold.ts";
import { encode } from "../../src/core/value.ts";
import { begun, busy, on, START, sleepAt, standing, startEvent, stepAt, typesOf } from "./logs.ts";
import { dead, decided, situation } from "./situations.ts";

/** Of a delivery at the moment of these situations. */
const GRACE_ENDS = START + 100 + 900_000;
const SHIELDED = { shielded: true };
const charge = stepAt(0, "charge");
const release = stepAt(1, "release", SHIELDED);

describe("after a request", () => {
  test("nothing unshielded is claimed: the step that would be next is where it lands", () => {
    const { events, next } = decided([on.requested()], { pending: [charge] });
    expect(events).toEqual([
      {
        type: "cancellation.delivered",
        checkpoint: "step charge",
        command: 0,
        deadline: GRACE_ENDS,
      },
    ]);
    expect(next).toEqual({ type: "replay" });
  });

  test("a sleep is where it lands, and is over", () => {
    const log = [on.asleep(0, 9000), on.requested()];
    expect(decided(log, { pending: [sleepAt(0, 9000)] }).events).toEqual([
      { type: "sleep.cancelled", command: 0, shielded: false },
      { type: "cancellation.delivered", checkpoint: "sleep", command: 0, deadline: GRACE_ENDS },
    ]);
  });

  test("a retry is where it lands, with why the attempt before it failed", () => {
    const log = [on.started(0, "charge"), on.retrying(0, "charge"), on.requested()];
    const { events } = decided(log, { pending: [charge] }, { now: START + 90_000 });
    expect(events).toEqual([
      {
        type: "step.cancelled",
        command: 0,
        step: "charge",
        attempt: 1,
        shielded: false,
        error: busy,
      },
      {
        type: "cancellation.delivered",
        checkpoint: "retry of step charge",
        command: 0,
        deadline: START + 90_000 + 900_000,
      },
    ]);
  });

  test("a checkCancellation() that waits is where it lands", () => {
    const { events } = decided([on.requested()], { waitingChecks: [1] });
    expect(events).toEqual([
      { type: "cancellation.delivered", checkpoint: "checkCancellation", deadline: GRACE_ENDS },
    ]);
  });

  test("nothing is delivered where the code waits for nothing that could be rejected", () => {
    const { events, next } = decided([on.requested()], {});
    expect(events).toEqual([]);
    expect(next).toMatchObject({ type: "wait", busy: false });
  });

  test("it is delivered once, whatever the code waits for after that", () => {
    const log = [on.asleep(0, 9000), on.requested(), on.delivered()];
    const { events } = decided(log, { pending: [sleepAt(0, 9000)], waitingChecks: [2] });
    expect(events).toEqual([]);
  });

  test("the run is not asked again for having taken too long", () => {
    const log = [on.started(0, "charge"), on.requested()];
    const { events } = decided(log, { pending: [charge] }, { maxDurationMs: 50 });
    expect(events).toEqual([]);
  });

  test("it waits while a step executes, also for the other branches", () => {
    const log = [on.started(0, "charge"), on.asleep(1, 50), on.requested()];
    const pending = [charge, sleepAt(1, 50)];
    const { events, next } = decided(log, { pending });
    expect(events).toEqual([]);
    expect(next).toMatchObject({ type: "wait", busy: true });
  });

  test.each([
    ["a step executes", [on.started(0, "charge"), on.requested()], charge],
    ["a task is under way", [on.scheduled(0, "charge"), on.requested()], charge],
    ["a shielded step executes", [on.started(1, "release", SHIELDED), on.requested()], release],
  ])("nothing unshielded begins in another branch while %s", (_, log, executing) => {
    const pending = [executing, stepAt(2, "ship"), sleepAt(3, 50)];
    const { events, next } = decided(log, { pending });
    expect(events).toEqual([]);
    expect(next).toMatchObject({ type: "wait", busy: true });
  });

  test("it waits for tasks", () => {
    const log = [on.scheduled(0, "charge"), on.requested()];
    expect(decided(log, { pending: [charge] }).events).toEqual([]);
  });

  test("it waits no longer for a step whose lease has ended, and the step is not taken over", () => {
    const log = [on.started(0, "charge", { lease: 50 }), on.requested()];
    const { events } = decided(log, { pending: [charge] }, { now: START + 2050 });
    expect(typesOf(events)).toEqual(["step.cancelled charge #1", "cancellation.delivered"]);
  });

  test("it waits no longer for a task that nobody can claim", () => {
    const log = [on.scheduled(0, "charge"), on.requested()];
    const { events } = decided(log, { pending: [charge] }, { deadTasks: dead(0, 2) });
    expect(typesOf(events)).toEqual(["step.cancelled charge #1", "cancellation.delivered"]);
  });

  test.each<[string, LogEvent[]]>([
    ["executes", [on.started(1, "release", SHIELDED)]],
    ["is a task", [on.scheduled(1, "release", SHIELDED)]],
    [
      "waits to be tried again",
      [on.started(1, "release", SHIELDED), on.retrying(1, "release", SHIELDED)],
    ],
  ])("it waits for a shielded step of another branch that %s", (_, begun) => {
    const log = [on.asleep(0, 9000), ...begun, on.requested()];
    const { events } = decided(log, { pending: [sleepAt(0, 9000), release], openShields: 1 });
    expect(events).toEqual([]);
  });

  test("it waits for a shielded sleep of another branch", () => {
    const log = [on.asleep(0, 9000), on.asleep(1, 7000, true), on.requested()];
    const pending = [sleepAt(0, 9000), sleepAt(1, 7000, SHIELDED)];
    const { events, next } = decided(log, { pending, openShields: 1 });
    expect(events).toEqual([]);
    expect(next).toEqual({ type: "wait", until: START + 7000, busy: false });
  });

  test("it lets a shielded step begin before it comes to another branch", () => {
    const log = [on.asleep(0, 9000), on.requested()];
    const pending = [sleepAt(0, 9000), release];
    const { events } = decided(log, { pending, openShields: 1 });
    expect(typesOf(events)).toEqual(["step.started release #1"]);
  });

  test("it lets a lost shielded step be taken over before it comes to another branch", () => {
    const log = [on.asleep(0, 9000), on.started(1, "release", { ...SHIELDED, lease: 50 })];
    const pending = [sleepAt(0, 9000), release];
    const { events } = decided([...log, on.requested()], { pending }, { now: START + 2050 });
    expect(typesOf(events)).toEqual(["step.started release #2"]);
  });

  test("it does not wait for a shield that waits for something begun outside, and says so", () => {
    const log = [on.asleep(0, 9000), on.requested()];
    const { events } = decided(log, { pending: [sleepAt(0, 9000)], openShields: 2 });
    expect(events.at(-1)).toEqual({
      type: "cancellation.delivered",
      checkpoint: "sleep",
      command: 0,
      deadline: GRACE_ENDS,
      openShields: 2,
    });
  });

  test("it lands where the code came to last, not at the loser of a race that nobody waits for", () => {
    const log = [on.asleep(0, 9000), on.requested()];
    const charging = stepAt(2, "charge", { window: 3 });
    const { events } = decided(log, { pending: [sleepAt(0, 9000, { window: 1 }), charging] });
    expect(events.at(-1)).toMatchObject({ checkpoint: "step charge", command: 2 });
    const checks = { pending: [sleepAt(0, 9000, { window: 1 })], waitingChecks: [3] };
    expect(decided(log, checks).events.at(-1)).toMatchObject({ checkpoint: "checkCancellation" });
  });

  test("it comes too late for code that ends by itself, the losers of its races notwithstanding", () => {
    const log = [on.asleep(0, 9000), on.requested()];
    const ending = { type: "completed" as const, output: busy };
    const { events } = decided(log, { pending: [sleepAt(0, 9000)], ending });
    expect(typesOf(events)).toEqual(["sleep.cancelled", "workflow.completed"]);
  });

  test("it is not delivered to what is shielded alone", () => {
    const log = [on.started(1, "release", SHIELDED), on.requested()];
    const { events, next } = decided(log, { pending: [release] });
    expect(events).toEqual([]);
    expect(next).toMatchObject({ type: "wait", busy: true });
  });

  test("a step that was cancelled before is not recorded again", () => {
    const log = [on.started(0, "charge"), on.requested(), on.cancelled(0, "charge")];
    const { events } = decided(log, { pending: [charge] });
    expect(typesOf(events)).toEqual(["cancellation.delivered"]);
  });

  test("a sleep that is due is not over for its workflow", () => {
    const log = [on.asleep(0, 50), on.requested()];
    const { events } = decided(log, { pending: [sleepAt(0, 50)] }, { now: START + 60 });
    expect(typesOf(events)).toEqual(["sleep.cancelled", "cancellation.delivered"]);
  });

  test("a shielded sleep that is due is over", () => {
    const log = [on.asleep(0, 50, true), on.requested()];
    const { events } = decided(log, { pending: [sleepAt(0, 50, SHIELDED)] }, { now: START + 60 });
    expect(typesOf(events)).toEqual(["sleep.completed"]);
  });

  test("a lost step has not failed: it is cancelled", () => {
    const last = stepAt(0, "charge", { retries: 0 });
    const log = [on.started(0, "charge", { lease: 50 }), on.requested()];
    const { events } = decided(log, { pending: [last] }, { now: START + 9000 });
    expect(typesOf(events)).toEqual(["step.cancelled charge #1", "cancellation.delivered"]);
  });
});

describe("after the delivery", () => {
  const delivered = [on.requested(), on.delivered()];

  test("clean-up is claimed like any step", () => {
    const { events, next } = decided(delivered, { pending: [release] });
    expect(typesOf(events)).toEqual(["step.started release #1"]);
    expect(next).toMatchObject({ type: "run" });
  });

  test("clean-up is tried again, taken over and given up like any step", () => {
    const retrying = [
      ...delivered,
      on.started(1, "release", SHIELDED),
      on.retrying(1, "release", { ...SHIELDED, retryAt: 50 }),
    ];
    expect(typesOf(decided(retrying, { pending: [release] }).events)).toEqual([
      "step.started release #2",
    ]);
    const lost = [...delivered, on.started(1, "release", { ...SHIELDED, lease: 50 })];
    const later = { now: START + 9000 };
    expect(typesOf(decided(lost, { pending: [release] }, later).events)).toEqual([
      "step.started release #2",
    ]);
    const last = stepAt(1, "release", { ...SHIELDED, retries: 0 });
    expect(typesOf(decided(lost, { pending: [last] }, later).events)).toEqual([
      "step.failed release #1",
    ]);
  });

  test("what a shield begins that was open before says that it is no clean-up", () => {
    const pending = [stepAt(1, "note", { ...SHIELDED, cleanup: false })];
    expect(decided(delivered, { pending }).events[0]).toMatchObject({ cleanup: false });
    const again = [
      ...delivered,
      on.started(1, "note", SHIELDED),
      on.retrying(1, "note", { ...SHIELDED, retryAt: 50 }),
    ];
    expect(decided(again, { pending }).events[0]).not.toHaveProperty("cleanup");
    expect(decided(delivered, { pending: [release] }).events[0]).not.toHaveProperty("cleanup");
  });

  test("nothing is delivered a second time", () => {
    expect(typesOf(decided(delivered, { pending: [release], waitingChecks: [1] }).events)).toEqual([
      "step.started release #1",
    ]);
  });
});

describe("the grace period", () => {
  const log: LogEvent[] = [
    on.asleep(0, 9000, true),
    on.started(1, "release", SHIELDED),
    on.scheduled(2, "refund", SHIELDED),
    on.started(3, "notify", SHIELDED),
    on.retrying(3, "notify", SHIELDED),
    on.requested(),
    on.delivered({ deadline: 500 }),
  ];

  test("ends the run with what it leaves behind", () => {
    const { events, next } = decided(log, { pending: [release] }, { now: START + 500 });
    expect(typesOf(events)).toEqual([
      "sleep.cancelled",
      "step.abandoned release #1",
      "step.abandoned refund #1",
      "step.cancelled notify #1",
      "workflow.terminated",
    ]);
    expect(events.at(-1)).toMatchObject({
      reason: expect.stringContaining("grace period"),
      requestedBy: "detent",
    });
    expect(next).toEqual({ type: "ended" });
  });

  test("has not begun while a step is let finish, however long that takes", () => {
    const log = [on.started(0, "charge", { lease: 9_000_000 }), on.requested(500)];
    const { events, next } = decided(log, { pending: [charge] }, { now: START + 5_000_000 });
    expect(events).toEqual([]);
    expect(next).toMatchObject({ type: "wait", busy: true });
  });

  test("does not end it a millisecond too soon", () => {
    const { next } = decided(log, { pending: [release] }, { now: START + 499 });
    expect(next).not.toEqual({ type: "ended" });
  });
});

describe("a run that takes longer than its maxDuration", () => {
  test("is asked to stop, gracefully", () => {
    const { events, next } = decided(
      [on.asleep(0, 9000)],
      { pending: [sleepAt(0, 9000)] },
      { maxDurationMs: 50, now: START + 50 },
    );
    expect(events).toEqual([
      {
        type: "cancellation.requested",
        reason: expect.stringContaining("50 ms"),
        requestedBy: "detent",
        requestedAt: START + 50,
        gracePeriodMs: 60_000,
      },
    ]);
    expect(next).toEqual({ type: "replay" });
  });

  test("is given its time from when it was to start", () => {
    const start = { ...begun, events: [{ ...startEvent, startAt: START + 500 }] };
    const state = begin(start);
    const at = (now: number) =>
      decide(state, standing(state, { pending: [charge] }), situation({ maxDurationMs: 50, now }));
    expect(typesOf(at(START + 549).events)).toEqual(["step.started charge #1"]);
    expect(typesOf(at(START + 550).events)).toEqual(["cancellation.requested"]);
  });

  test("is not asked before, nor twice", () => {
    const pending = [sleepAt(0, 9000)];
    const log = [on.asleep(0, 9000)];
    const before = decided(log, { pending }, { maxDurationMs: 50, now: START + 49 });
    expect(before.events).toEqual([]);
    const asked = decided([...log, on.requested()], { pending }, { maxDurationMs: 50 });
    expect(typesOf(asked.events)).not.toContain("cancellation.requested");
  });
});

describe("a run whose log has as many events as it may", () => {
  const log = [on.asleep(0, 9000)];
  const pending = [sleepAt(0, 9000)];

  test("is asked to stop, gracefully, and not before", () => {
    expect(decided(log, { pending }, { eventLimit: 3 }).events).toEqual([]);
    const { events, next } = decided(log, { pending }, { eventLimit: 2 });
    expect(events).toEqual([
      {
        type: "cancellation.requested",
        reason: expect.stringContaining("2 events"),
        requestedBy: "detent",
        requestedAt: START + 100,
        gracePeriodMs: 60_000,
        eventLimit: 2,
      },
    ]);
    expect(next).toEqual({ type: "replay" });
  });

  test("is not asked if it was asked before, or if it ends with that", () => {
    const asked = decided([...log, on.requested()], { pending }, { eventLimit: 2 });
    expect(typesOf(asked.events)).not.toContain("cancellation.requested");
    const ending = { type: "completed" as const, output: encode("done", "it") };
    const { events } = decided(log, { ending }, { eventLimit: 2 });
    expect(typesOf(events).at(-1)).toBe("workflow.completed");
  });
});
