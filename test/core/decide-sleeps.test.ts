import { describe, expect, test } from "vitest";
import type { PendingSleep } from "../../src/core/commands/sleep.ts";
import { on, START, sleepAt, stepAt } from "./logs.ts";
import { decided } from "./situations.ts";

describe("a sleep", () => {
  test("begins when the code asks for it, and ends as much later", () => {
    expect(decided([], { pending: [sleepAt(0, 700)] })).toEqual({
      events: [{ type: "sleep.started", command: 0, shielded: false, until: START + 800 }],
      next: { type: "wait", until: START + 800, busy: false },
    });
  });

  test("until a date ends at that date, even if it is past", () => {
    const until: PendingSleep = { ...sleepAt(0, 0), wake: { at: START - 5 } };
    expect(decided([], { pending: [until] }).events).toMatchObject([{ until: START - 5 }]);
  });

  test("is not over a millisecond too soon", () => {
    const log = [on.asleep(0, 700)];
    expect(decided(log, { pending: [sleepAt(0, 700)] }, { now: START + 699 })).toEqual({
      events: [],
      next: { type: "wait", until: START + 700, busy: false },
    });
    expect(decided(log, { pending: [sleepAt(0, 700)] }, { now: START + 700 })).toEqual({
      events: [{ type: "sleep.completed", command: 0, shielded: false }],
      next: { type: "replay" },
    });
  });

  test("that ended sooner is delivered sooner, whatever the order they began in", () => {
    const log = [on.asleep(0, 900), on.asleep(1, 700), on.asleep(2, 700)];
    const pending = [sleepAt(0, 0), sleepAt(1, 0), sleepAt(2, 0)];
    const { events } = decided(log, { pending }, { now: START + 1000 });
    expect(events).toMatchObject([{ command: 1 }, { command: 2 }, { command: 0 }]);
  });

  test("is over although the code no longer waits for it", () => {
    const { events } = decided(
      [on.asleep(0, 50)],
      { pending: [sleepAt(0, 50), stepAt(1, "charge")] },
      { now: START + 60 },
    );
    expect(events).toMatchObject([{ type: "sleep.completed" }]);
  });
});

describe("a run that waits", () => {
  test("looks again at the first of its times", () => {
    const log = [
      on.asleep(0, 900),
      on.asleep(1, 700),
      on.started(2, "a"),
      on.retrying(2, "a", { retryAt: 800 }),
    ];
    const pending = [sleepAt(0, 0), sleepAt(1, 0), stepAt(2, "a")];
    expect(decided(log, { pending }).next).toMatchObject({ type: "wait", until: START + 700 });
  });

  test("looks again when it has taken too long", () => {
    const { next } = decided(
      [on.asleep(0, 9000)],
      { pending: [sleepAt(0, 0)] },
      { maxDurationMs: 500 },
    );
    expect(next).toMatchObject({ type: "wait", until: START + 500 });
  });

  test("looks again when its grace period ends", () => {
    const log = [on.requested(), on.delivered({ deadline: 500 }), on.asleep(0, 9000, true)];
    const { next } = decided(log, { pending: [sleepAt(0, 0, { shielded: true })] });
    expect(next).toMatchObject({ type: "wait", until: START + 500 });
  });

  test("has no time to look again at while a step is let finish", () => {
    const log = [on.started(0, "charge"), on.requested(500)];
    const { next } = decided(log, { pending: [stepAt(0, "charge")] }, { now: START + 9_000 });
    expect(next).toEqual({ type: "wait", until: undefined, busy: true });
  });
});
