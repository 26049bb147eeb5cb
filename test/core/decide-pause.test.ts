import { describe, expect, test } from "vitest";
import type { PendingHook } from "../../src/core/commands/hook.ts";
import type { LogEvent } from "../../src/core/events.ts";
import { encode } from "../../src/core/value.ts";
import { busy, on, START, sleepAt, stateAfter, stepAt, typesOf } from "./logs.ts";
import { dead, decided } from "./situations.ts";

const SHIELDED = { shielded: true };
const charge = stepAt(0, "charge");
const release = stepAt(1, "release", SHIELDED);
const ship = stepAt(1, "ship");
const approval: PendingHook = {
  ...{ kind: "hook", name: "approval", command: 2, shielded: false, window: 1 },
  timeoutMs: undefined,
  schema: undefined,
  jsonSchema: () => undefined,
};
const AT_REST = { type: "wait", until: undefined, busy: false, asks: true };

describe("a paused run", () => {
  test.each([
    ["a step", charge],
    ["a sleep", sleepAt(0, 50)],
    ["a hook", { ...approval, command: 0 }],
  ])("does not begin %s", (_, pending) => {
    expect(decided([on.paused()], { pending: [pending] })).toEqual({ events: [], next: AT_REST });
  });

  test("begins it once it is resumed", () => {
    const { events, next } = decided([on.paused(), on.resumed()], { pending: [charge] });
    expect(typesOf(events)).toEqual(["step.started charge #1"]);
    expect(next).toMatchObject({ type: "run", attempt: 1 });
  });

  test("goes on with what is shielded", () => {
    const { events } = decided([on.paused()], { pending: [charge, release] });
    expect(typesOf(events)).toEqual(["step.started release #1"]);
  });

  test("does not try a step again, and is not due for it", () => {
    const log = [on.started(0, "charge"), on.retrying(0, "charge"), on.paused()];
    const late = { now: START + 90_000 };
    expect(decided(log, { pending: [charge] }, late)).toEqual({ events: [], next: AT_REST });
    const resumed = decided([...log, on.resumed()], { pending: [charge] }, late);
    expect(typesOf(resumed.events)).toEqual(["step.started charge #2"]);
  });

  test("keeps the pause before a retry that is not over when it is resumed", () => {
    const log = [on.started(0, "charge"), on.retrying(0, "charge"), on.paused(), on.resumed()];
    const { events, next } = decided(log, { pending: [charge] });
    expect(events).toEqual([]);
    expect(next).toMatchObject({ type: "wait", until: START + 5_000 });
  });

  test("does not take a lost step over, nor give it up", () => {
    const log = [on.started(0, "charge", { lease: 50 }), on.paused()];
    const once = stepAt(0, "charge", { retries: 0 });
    const late = { now: START + 90_000 };
    expect(decided(log, { pending: [once] }, late)).toEqual({ events: [], next: AT_REST });
    const { events } = decided([...log, on.resumed()], { pending: [once] }, late);
    expect(typesOf(events)).toEqual(["step.failed charge #1"]);
  });

  test("waits for what executes", () => {
    const log = [on.started(0, "charge"), on.paused()];
    const { next } = decided(log, { pending: [charge] });
    expect(next).toMatchObject({ type: "wait", busy: true });
  });

  test("leaves what was stopped, and schedules it afresh when it is resumed", () => {
    const log = [on.scheduled(0, "charge"), on.scheduled(1, "ship"), on.paused()];
    const pending = [charge, ship];
    const deadTasks = new Map([...dead(0, 0), ...dead(1, 1, { retryAt: START, error: busy })]);
    expect(decided(log, { pending }, { deadTasks })).toEqual({ events: [], next: AT_REST });
    const { events, next } = decided([...log, on.resumed()], { pending }, { deadTasks });
    expect(typesOf(events)).toEqual(["step.scheduled charge #1", "step.scheduled ship #2"]);
    expect(events).toMatchObject([{ afresh: true }, { afresh: true }]);
    expect(next).toEqual({ type: "tasks" });
  });

  test("records a time that has come, and is not due for it", () => {
    const log = [on.asleep(0, 50), on.paused()];
    const pending = [sleepAt(0, 50)];
    expect(decided(log, { pending }, { now: START + 49 })).toEqual({ events: [], next: AT_REST });
    const { events, next } = decided(log, { pending }, { now: START + 50 });
    expect(events).toEqual([on.woken(0)]);
    expect(next).toEqual({ type: "replay" });
  });

  test("is due for what is shielded, and at its deadline", () => {
    const log = [on.asleep(0, 9_000, true), on.asleep(1, 200), on.paused()];
    const pending = [sleepAt(0, 9_000, SHIELDED), sleepAt(1, 200)];
    expect(decided(log, { pending }).next).toMatchObject({ until: START + 9_000 });
    const { next } = decided(log, { pending }, { maxDurationMs: 5_000 });
    expect(next).toMatchObject({ until: START + 5_000 });
  });

  test("is asked to stop at its deadline, and is paused no more", () => {
    const overdue = { now: START + 5_000, maxDurationMs: 5_000 };
    const { events } = decided([on.paused()], { pending: [charge] }, overdue);
    expect(typesOf(events)).toEqual(["cancellation.requested"]);
    expect(stateAfter(on.paused(), ...events)).not.toHaveProperty("pause");
  });

  test("cleans up when it is asked to stop", () => {
    const { events } = decided([on.paused(), on.requested()], { pending: [charge] });
    expect(typesOf(events)).toEqual(["cancellation.delivered"]);
  });

  test("ends with its code, and tells nothing of what it kept from beginning", () => {
    const ending = { type: "completed" as const, output: encode("ok", "it") };
    const { events } = decided([on.paused()], { pending: [charge], ending });
    expect(events).toEqual([on.completedRun()]);
  });
});

describe("a pause in the log", () => {
  test("says since when, by whom and why, until it is over", () => {
    const paused = { reason: "maintenance", requestedBy: "bob", at: START + 1 };
    expect(stateAfter(on.paused())).toMatchObject({ pause: paused });
    expect(stateAfter(on.paused(), on.resumed())).not.toHaveProperty("pause");
  });

  test("is no beginning of the code", () => {
    expect(stateAfter(on.paused(), on.resumed())).not.toHaveProperty("begun");
    const { begun } = stateAfter(on.paused(), on.resumed(), on.started(0, "charge"));
    expect(begun).toEqual({ at: START + 3, position: 3 });
  });

  test("makes a task that is scheduled afresh another one", () => {
    const afresh = { ...on.scheduled(0, "charge"), afresh: true } as LogEvent;
    const taskOf = (...log: LogEvent[]) => stateAfter(...log).open.tasks()[0]?.phase.task;
    expect(taskOf(on.scheduled(0, "charge"))).toBe(0);
    const numbers = [
      taskOf(on.scheduled(0, "charge"), afresh),
      taskOf(on.scheduled(0, "charge"), afresh, afresh),
      taskOf(on.scheduled(0, "charge")),
    ];
    expect(new Set(numbers).size).toBe(3);
  });
});
