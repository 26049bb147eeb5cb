import { describe, expect, test } from "vitest";
import { StepLostError } from "../../src/core/errors.ts";
import { decode } from "../../src/core/value.ts";
import { busy, on, START, sleepAt, stepAt, typesOf } from "./logs.ts";
import { dead, decided } from "./situations.ts";

const charge = stepAt(0, "charge");
const ship = stepAt(1, "ship");

describe("one runnable step", () => {
  test("is claimed in the log and run by this turn", () => {
    const { events, next } = decided([], { pending: [charge] });
    expect(events).toEqual([
      {
        type: "step.started",
        command: 0,
        step: "charge",
        attempt: 1,
        shielded: false,
        claim: "new-claim",
        lease: START + 100 + 15_000,
      },
    ]);
    expect(next).toEqual({
      type: "run",
      step: charge,
      attempt: 1,
      claim: "new-claim",
      lease: START + 100 + 15_000,
    });
  });

  test("is left to the next invocation when this turn has run one already", () => {
    expect(decided([], { pending: [charge] }, { mayRun: "inline" })).toEqual({
      events: [],
      next: { type: "continue" },
    });
  });

  test("is run all the same when it is inline", () => {
    const inline = stepAt(0, "charge", { inline: true });
    expect(decided([], { pending: [inline] }, { mayRun: "inline" }).next).toMatchObject({
      type: "run",
    });
  });

  test("is left to the next invocation, inline or not, by a turn that may run none", () => {
    for (const inline of [true, false]) {
      const pending = [stepAt(0, "charge", { inline })];
      expect(decided([], { pending }, { mayRun: "none" })).toEqual({
        events: [],
        next: { type: "continue" },
      });
    }
  });

  test("is claimed beside a sleep, which begins in the same entry", () => {
    const { events, next } = decided([], { pending: [charge, sleepAt(1, 50)] });
    expect(typesOf(events)).toEqual(["sleep.started", "step.started charge #1"]);
    expect(next).toMatchObject({ type: "run" });
  });

  test("becomes a task while another one is in flight", () => {
    for (const inFlight of [on.started(0, "charge"), on.scheduled(0, "charge")]) {
      const { events, next } = decided([inFlight], { pending: [charge, ship] });
      expect(typesOf(events)).toEqual(["step.scheduled ship #1"]);
      expect(next).toEqual({ type: "tasks" });
    }
  });
});

describe("several runnable steps", () => {
  test("each become a task, recorded in one entry", () => {
    const { events, next } = decided([], { pending: [charge, sleepAt(2, 50), ship] });
    expect(typesOf(events)).toEqual([
      "sleep.started",
      "step.scheduled charge #1",
      "step.scheduled ship #1",
    ]);
    expect(next).toEqual({ type: "tasks" });
  });

  test("become tasks whether or not this turn may run a step", () => {
    const { events, next } = decided([], { pending: [charge, ship] }, { mayRun: "inline" });
    expect(typesOf(events)).toEqual(["step.scheduled charge #1", "step.scheduled ship #1"]);
    expect(next).toEqual({ type: "tasks" });
  });

  test("are not scheduled twice", () => {
    const scheduled = [on.scheduled(0, "charge"), on.scheduled(1, "ship")];
    expect(decided(scheduled, { pending: [charge, ship] })).toMatchObject({
      events: [],
      next: { type: "wait", busy: true },
    });
  });

  test("of which one waits for its next attempt are tasks", () => {
    const log = [on.started(0, "charge"), on.retrying(0, "charge", { retryAt: 50 })];
    const { events } = decided(log, { pending: [charge, ship] });
    expect(typesOf(events)).toEqual(["step.scheduled charge #2", "step.scheduled ship #1"]);
  });
});

describe("a step that failed", () => {
  const log = [on.started(0, "charge"), on.retrying(0, "charge", { retryAt: 5000 })];

  test("waits for its next attempt", () => {
    expect(decided(log, { pending: [charge] })).toEqual({
      events: [],
      next: { type: "wait", until: START + 5000, busy: false },
    });
  });

  test("is tried again when its time has come", () => {
    const { events, next } = decided(log, { pending: [charge] }, { now: START + 5000 });
    expect(typesOf(events)).toEqual(["step.started charge #2"]);
    expect(next).toMatchObject({ type: "run", attempt: 2 });
  });
});

describe("a step whose function was lost", () => {
  const log = [on.started(0, "charge", { lease: 10_000 })];
  const leaseEnd = START + 10_000;

  test("is not taken over before its lease and the margin for clocks are over", () => {
    expect(decided(log, { pending: [charge] }, { now: leaseEnd + 1999 })).toEqual({
      events: [],
      next: { type: "wait", until: undefined, busy: true },
    });
  });

  test("is taken over by another attempt after that", () => {
    const { events } = decided(log, { pending: [charge] }, { now: leaseEnd + 2000 });
    expect(typesOf(events)).toEqual(["step.started charge #2"]);
  });

  test("has failed when that was its last attempt", () => {
    const last = stepAt(0, "charge", { retries: 0 });
    const { events, next } = decided(log, { pending: [last] }, { now: leaseEnd + 2000 });
    expect(typesOf(events)).toEqual(["step.failed charge #1"]);
    const [failed] = events;
    expect(failed?.type === "step.failed" && decode(failed.error)).toBeInstanceOf(StepLostError);
    expect(next).toEqual({ type: "replay" });
  });

  test("is left alone by a renewed lease", () => {
    const renewed = [
      ...log,
      { ...on.started(0, "charge", { lease: 20_000 }), type: "step.renewed" } as (typeof log)[0],
    ];
    const { next } = decided(renewed, { pending: [charge] }, { now: leaseEnd + 2000 });
    expect(next).toMatchObject({ type: "wait", busy: true });
  });
});

describe("a task that can never be claimed again", () => {
  const SHIELDED = { shielded: true };
  const release = stepAt(0, "release", SHIELDED);
  const log = [on.scheduled(0, "release", SHIELDED), on.scheduled(1, "ship")];

  test("is scheduled afresh beside others, as the attempt after its last", () => {
    const { events, next } = decided(log, { pending: [release, ship] }, { deadTasks: dead(0, 2) });
    expect(typesOf(events)).toEqual(["step.scheduled release #3"]);
    expect(events).toMatchObject([{ afresh: true }]);
    expect(next).toEqual({ type: "tasks" });
  });

  test("is scheduled as its first attempt if it never had one", () => {
    const { events } = decided(log, { pending: [release, ship] }, { deadTasks: dead(0, 0) });
    expect(typesOf(events)).toEqual(["step.scheduled release #1"]);
  });

  test("is claimed in the log where it is alone", () => {
    const alone = [on.scheduled(0, "release", SHIELDED)];
    const { events, next } = decided(alone, { pending: [release] }, { deadTasks: dead(0, 2) });
    expect(typesOf(events)).toEqual(["step.started release #3"]);
    expect(next).toMatchObject({ type: "run", attempt: 3 });
  });

  test("is scheduled with all others that are dead, as wide as before", () => {
    const deadTasks = new Map([...dead(0, 1), ...dead(1, 0)]);
    const { events } = decided(log, { pending: [release, ship] }, { deadTasks });
    expect(typesOf(events)).toEqual(["step.scheduled release #2", "step.scheduled ship #1"]);
  });

  test("is none any more once its step is scheduled afresh", () => {
    const afresh = { ...on.scheduled(0, "release", { ...SHIELDED, attempt: 3 }), afresh: true };
    const again = [...log, afresh as (typeof log)[0]];
    const { events, next } = decided(
      again,
      { pending: [release, ship] },
      { deadTasks: dead(0, 2, { retryAt: START + 700 }) },
    );
    expect(events).toEqual([]);
    expect(next).toEqual({ type: "wait", until: undefined, busy: true });
  });

  test("keeps the pause before its next attempt", () => {
    const deadTasks = dead(0, 1, { retryAt: START + 700 });
    const before = decided(log, { pending: [release, ship] }, { deadTasks, now: START + 699 });
    expect(before).toMatchObject({ events: [], next: { type: "wait", until: START + 700 } });
    const after = decided(log, { pending: [release, ship] }, { deadTasks, now: START + 700 });
    expect(typesOf(after.events)).toEqual(["step.scheduled release #2"]);
  });

  test("has failed when its attempts are used up, with what the last one threw", () => {
    const deadTasks = dead(0, 4, { error: busy });
    const { events, next } = decided(log, { pending: [release, ship] }, { deadTasks });
    expect(events).toMatchObject([{ type: "step.failed", attempt: 4, error: busy }]);
    expect(next).toEqual({ type: "replay" });
  });

  test("has failed as lost when its last attempt died, whatever the one before threw", () => {
    const deadTasks = dead(0, 4, { error: busy, lease: START });
    const { events } = decided(log, { pending: [release, ship] }, { deadTasks });
    expect(events).toMatchObject([{ type: "step.failed", attempt: 4 }]);
    const [failed] = events;
    expect(failed?.type === "step.failed" && decode(failed.error)).toBeInstanceOf(StepLostError);
  });

  test("makes the attempt that was promised before its policy allowed fewer", () => {
    const fewer = stepAt(0, "release", { ...SHIELDED, retries: 0 });
    const failed = dead(0, 1, { error: busy, retryAt: START });
    const tried = decided(log, { pending: [fewer, ship] }, { deadTasks: failed });
    expect(typesOf(tried.events)).toEqual(["step.scheduled release #2"]);

    const again = [on.scheduled(0, "release", { ...SHIELDED, attempt: 2 })];
    const unclaimed = decided(again, { pending: [fewer] }, { deadTasks: dead(0, 0) });
    expect(typesOf(unclaimed.events)).toEqual(["step.started release #2"]);
  });
});
