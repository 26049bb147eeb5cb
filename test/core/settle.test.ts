import { describe, expect, test } from "vitest";
import { CancellationError, FatalError, RetryableError } from "../../src/core/errors.ts";
import { toPolicy } from "../../src/core/retry.ts";
import { type AttemptEnd, absorb, judge, record, type Verdict } from "../../src/core/settle.ts";
import { encode, encodeError } from "../../src/core/value.ts";
import { busy, failure, on, START, stateAfter, typesOf } from "./logs.ts";

const NOW = START + 100;
const policy = toPolicy("charge", { retries: 1, backoff: "fixed" });
const result = encode("receipt", "it");

function threw(error: Error, more: { final?: true; cancellation?: true } = {}): AttemptEnd {
  const encoded = encodeError(error);
  return { type: "threw", error, encoded, final: false, cancellation: false, ...more };
}

describe("the end of an attempt", () => {
  test("that returned is the step's result", () => {
    const end = { type: "returned" as const, result };
    expect(judge(end, { policy, attempt: 2 }, { now: NOW, random: 1 })).toEqual({
      type: "completed",
      result,
    });
  });

  test("that threw is followed by another one while there are any left", () => {
    expect(judge(threw(failure), { policy, attempt: 1 }, { now: NOW, random: 1 })).toMatchObject({
      type: "retry",
      afterMs: 1000,
    });
    expect(judge(threw(failure), { policy, attempt: 2 }, { now: NOW, random: 1 })).toMatchObject({
      type: "failed",
    });
  });

  test("that threw for good is the step's", () => {
    expect(
      judge(threw(failure, { final: true }), { policy, attempt: 1 }, { now: NOW, random: 1 }),
    ).toMatchObject({
      type: "failed",
    });
    const fatal = new FatalError("no card");
    expect(judge(threw(fatal), { policy, attempt: 1 }, { now: NOW, random: 1 })).toMatchObject({
      type: "failed",
    });
  });

  test("that asked to be tried again later is, then", () => {
    const error = new RetryableError("busy", { retryAfter: new Date(NOW + 7) });
    expect(judge(threw(error), { policy, attempt: 1 }, { now: NOW, random: 1 })).toMatchObject({
      afterMs: 7,
    });
  });

  test("that stopped itself is not tried again", () => {
    const end = threw(new CancellationError(), { cancellation: true });
    expect(judge(end, { policy, attempt: 1 }, { now: NOW, random: 1 })).toMatchObject({
      type: "cancelled",
    });
  });
});

describe("what is recorded of a verdict", () => {
  const retry: Verdict = { type: "retry", afterMs: 50, error: busy };
  const running = on.started(0, "charge", { claim: "mine", attempt: 2 });
  const recorded = (verdict: Verdict, ...log: Parameters<typeof stateAfter>): unknown =>
    record(stateAfter(...log), { command: 0, claim: "mine" }, { verdict, now: NOW });
  const fields = { command: 0, step: "charge", attempt: 2, shielded: false };

  test("is the step's end", () => {
    expect(recorded({ type: "completed", result }, running)).toEqual([
      { type: "step.completed", ...fields, result },
    ]);
    expect(recorded({ type: "failed", error: busy }, running)).toEqual([
      { type: "step.failed", ...fields, error: busy },
    ]);
  });

  test("is when the next attempt may start", () => {
    expect(recorded(retry, running)).toEqual([
      { type: "step.retrying", ...fields, error: busy, retryAt: NOW + 50 },
    ]);
  });

  test("is no retry once the run was asked to stop, but the failure is kept", () => {
    expect(recorded(retry, running, on.requested())).toEqual([
      { type: "step.cancelled", ...fields, error: busy },
    ]);
  });

  test("is a cancellation too when it failed for good after the run was asked to stop", () => {
    const failed: Verdict = { type: "failed", error: busy };
    expect(recorded(failed, running, on.requested())).toMatchObject([
      { type: "step.cancelled", error: busy },
    ]);
  });

  test.each<[string, Verdict, boolean, string]>([
    ["a retry", { ...retry, leftBehind: true }, false, "step.retrying"],
    ["a failure", { type: "failed", error: busy, leftBehind: true }, false, "step.failed"],
    ["a retry, asked to stop", { ...retry, leftBehind: true }, true, "step.cancelled"],
    [
      "a failure, asked to stop",
      { type: "failed", error: busy, leftBehind: true },
      true,
      "step.cancelled",
    ],
  ])("says that its code was left behind: %s", (_, verdict, isAsked, type) => {
    const log = isAsked ? [running, on.requested()] : [running];
    expect(recorded(verdict, ...log)).toMatchObject([{ type, leftBehind: true }]);
  });

  test("is a retry all the same in a shield", () => {
    const shielded = on.started(0, "charge", { claim: "mine", shielded: true });
    expect(recorded(retry, shielded, on.requested())).toMatchObject([{ type: "step.retrying" }]);
  });

  test("is the result all the same, when the run was asked to stop", () => {
    expect(recorded({ type: "completed", result }, running, on.requested())).toMatchObject([
      { type: "step.completed" },
    ]);
  });

  test("is that it was cancelled if it stopped itself because it was asked to", () => {
    const verdict: Verdict = { type: "cancelled", error: busy };
    expect(recorded(verdict, running, on.requested())).toMatchObject([{ type: "step.cancelled" }]);
  });

  test("is a failure if it stopped itself although nobody asked, or in a shield", () => {
    const verdict: Verdict = { type: "cancelled", error: busy };
    expect(recorded(verdict, running)).toMatchObject([{ type: "step.failed" }]);
    const shielded = on.started(0, "charge", { claim: "mine", shielded: true });
    expect(recorded(verdict, shielded, on.requested())).toMatchObject([{ type: "step.failed" }]);
  });

  test.each<[string, Parameters<typeof stateAfter>]>([
    ["another attempt has taken the step over", [running, on.started(0, "charge", { attempt: 3 })]],
    ["the step has ended", [running, on.completed(0, "charge")]],
    ["the run has ended", [running, on.completedRun()]],
    ["the cancellation was delivered", [running, on.requested(), on.delivered()]],
    ["the step became a task", [on.scheduled(0, "charge")]],
    ["there is no such step", []],
  ])("is nothing when %s", (_, log) => {
    expect(recorded({ type: "completed", result }, ...log)).toEqual([]);
    expect(recorded(retry, ...log)).toEqual([]);
  });
});

describe("what absorbs a task", () => {
  const task = { command: 0, attempt: 2, startedAt: START + 7, claim: "c", lease: START + 9 };
  const scheduled = on.scheduled(0, "charge");
  const fields = { command: 0, step: "charge", attempt: 2, shielded: false, startedAt: START + 7 };

  test("is that its code was left behind, if its last attempt's was", () => {
    const failed = {
      ...task,
      end: { type: "failed" as const, error: busy, leftBehind: true as const },
    };
    expect(absorb(stateAfter(scheduled), failed)).toMatchObject([
      { type: "step.failed", leftBehind: true },
    ]);
    const paused = { ...task, error: busy, leftBehind: true as const };
    expect(absorb(stateAfter(scheduled, on.requested()), paused)).toMatchObject([
      { type: "step.cancelled", leftBehind: true },
    ]);
  });

  test("is how it ended, with its last attempt and when that began", () => {
    const done = { ...task, end: { type: "completed" as const, result } };
    expect(absorb(stateAfter(scheduled), done)).toEqual([
      { type: "step.completed", ...fields, result },
    ]);
    const broken = { ...task, end: { type: "failed" as const, error: busy } };
    expect(absorb(stateAfter(scheduled), broken)).toEqual([
      { type: "step.failed", ...fields, error: busy },
    ]);
  });

  test("is a cancellation if it was stopped before it could end, with why it last failed", () => {
    const stopped = { ...task, stop: true, error: busy };
    expect(absorb(stateAfter(scheduled, on.requested()), stopped)).toEqual([
      { type: "step.cancelled", ...fields, error: busy },
    ]);
  });

  test("is a cancellation of the first attempt if it never began", () => {
    const never = { command: 0, attempt: 0, stop: true };
    const events = absorb(stateAfter(scheduled, on.requested()), never);
    expect(typesOf(events)).toEqual(["step.cancelled charge #1"]);
    expect(events[0]).not.toHaveProperty("startedAt");
  });

  test("is nothing of an attempt before those that its log waits for", () => {
    const again = [scheduled, on.started(0, "charge", { attempt: 3 })];
    const waiting = [...again, on.retrying(0, "charge", { attempt: 3 })];
    const rescheduled = stateAfter(...waiting, on.scheduled(0, "charge", { attempt: 4 }));
    const late = { ...task, stop: true, end: { type: "completed" as const, result } };
    expect(absorb(rescheduled, late)).toEqual([]);
    const asked = stateAfter(...waiting, on.scheduled(0, "charge", { attempt: 4 }), on.requested());
    expect(absorb(asked, late)).toEqual([
      { type: "step.cancelled", command: 0, step: "charge", attempt: 4, shielded: false },
    ]);
  });

  test.each<[string, Parameters<typeof stateAfter>]>([
    ["it was absorbed before", [scheduled, on.completed(0, "charge")]],
    ["the run has ended", [scheduled, on.completedRun()]],
    ["it is claimed in the log by now", [scheduled, on.started(0, "charge", { attempt: 3 })]],
    ["there is no such step", []],
  ])("is nothing when %s", (_, log) => {
    expect(absorb(stateAfter(...log), { ...task, end: { type: "completed", result } })).toEqual([]);
  });

  test("is nothing of a stopped task that is claimed in the log by now, also after a request", () => {
    const claimed = [scheduled, on.started(0, "charge", { attempt: 3 }), on.requested()];
    expect(absorb(stateAfter(...claimed), { ...task, stop: true })).toEqual([]);
  });
});
