import vm from "node:vm";
import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { FatalError, InvalidInputError, RetryableError } from "../../src/core/errors.ts";
import { pauseAfter, type StepOptions, toPolicy } from "../../src/core/retry.ts";
import { kept } from "./kept.ts";

const NOW = 1_000_000;
const failure = new Error("busy");

/** The pauses after each attempt, with the jitter at its highest. */
function pauses(options: StepOptions, random = 1): (number | undefined)[] {
  const policy = toPolicy("charge", options);
  return Array.from({ length: policy.attempts }, (_, index) =>
    pauseAfter({ policy, attempt: index + 1 }, failure, { now: NOW, random }),
  );
}

describe("a step's policy", () => {
  test("is three retries with a jittered exponential backoff unless it says otherwise", () => {
    const usual = {
      attempts: 4,
      backoff: { initialMs: 1000, factor: 2, maxMs: 300_000, jitter: true },
      timeoutMs: undefined,
      inline: false,
    };
    expect(toPolicy("charge")).toEqual(usual);
    const unset = { retries: undefined, backoff: undefined, timeout: undefined, inline: undefined };
    expect(toPolicy("charge", unset)).toEqual(usual);
    expect(toPolicy("charge", { backoff: {} })).toEqual(usual);
    expect(toPolicy("charge", { backoff: "exponential" })).toEqual(usual);
  });

  test.each<[string, StepOptions]>([
    ["retries", { retries: -1 }],
    ["retries", { retries: 1.5 }],
    ["retries", { retries: Number.NaN }],
    ["retries", { retries: Number.POSITIVE_INFINITY }],
    ["retries", { retries: "3" as never }],
    ["retries", { retries: null as never }],
    ["backoff", { backoff: "linear" as never }],
    ["backoff", { backoff: 5 as never }],
    ["backoff", { backoff: null as never }],
    ["backoff.factor", { backoff: { factor: 0.5 } }],
    ["backoff.factor", { backoff: { factor: Number.NaN } }],
    ["backoff.factor", { backoff: { factor: "2" as never } }],
    ["backoff.initial", { backoff: { initial: -1 } }],
    ["backoff.initial", { backoff: { initial: "soon" } }],
    ["backoff.max", { backoff: { max: Number.POSITIVE_INFINITY } }],
    ["timeout", { timeout: 0 }],
    ["timeout", { timeout: -5 }],
    ["timeout", { timeout: "" }],
  ])("with a bad %s is refused: %j", (option, options) => {
    const attempt = (): unknown => toPolicy("charge", options);
    expect(attempt).toThrow(InvalidInputError);
    expect(attempt).toThrow(expect.objectContaining({ message: expect.stringContaining(option) }));
  });
});

describe("the pause before the next attempt", () => {
  test("doubles up to its limit when it is exponential", () => {
    expect(pauses({ retries: 5, backoff: { initial: "1s", max: "10s" } })).toEqual([
      1000,
      2000,
      4000,
      8000,
      10_000,
      undefined,
    ]);
  });

  test("stays the same when it is fixed", () => {
    expect(pauses({ retries: 3, backoff: "fixed" })).toEqual([1000, 1000, 1000, undefined]);
  });

  test("grows by the factor that was given", () => {
    const backoff = { initial: 10, factor: 3, jitter: false };
    expect(pauses({ retries: 3, backoff })).toEqual([10, 30, 90, undefined]);
  });

  test("is never made without retries", () => {
    expect(pauses({ retries: 0 })).toEqual([undefined]);
  });

  test("is between half and all of its length with jitter, and exact without", () => {
    const backoff = { initial: "8s" };
    expect(pauses({ retries: 1, backoff }, 0)).toEqual([4000, undefined]);
    expect(pauses({ retries: 1, backoff }, 0.5)).toEqual([6000, undefined]);
    expect(pauses({ retries: 1, backoff: { ...backoff, jitter: false } }, 0)).toEqual([
      8000,
      undefined,
    ]);
  });

  test("is a whole number of milliseconds within its limits at every attempt", async () => {
    await fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.nat(2000),
        fc.double({ min: 1, max: 1000, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, initial, factor, random) => {
          const backoff = { initial, factor, max: "5m" };
          const policy = toPolicy("charge", { retries: 5000, backoff });
          const pause = pauseAfter({ policy, attempt }, failure, { now: NOW, random });
          expect(Number.isInteger(pause)).toBe(true);
          expect(pause).toBeGreaterThanOrEqual(initial / 2);
          expect(pause).toBeLessThanOrEqual(300_000);
        },
      ),
    );
  });

  const fatal = new FatalError("no card");
  const Far: typeof Error = vm.runInNewContext("Error");

  test.each<[string, Error]>([
    ["a FatalError", fatal],
    ["one of a user's own kind", new (class Mine extends FatalError {})("no")],
    ["an error that it caused", new Error("failed", { cause: fatal })],
    ["one whose cause it caused", new Error("a", { cause: new TypeError("b", { cause: fatal }) })],
    ["an error of another realm that it caused", new Far("far", { cause: fatal })],
    ["one that was kept in a log", kept(new Error("failed", { cause: fatal }))],
  ])("is not made after %s", (_, error) => {
    expect(
      pauseAfter({ policy: toPolicy("charge"), attempt: 1 }, error, { now: NOW, random: 1 }),
    ).toBeUndefined();
  });

  test("is not made after a FatalError of another copy of this package, in whatever realm", async () => {
    vi.resetModules();
    const copy = await import("../../src/core/errors.ts");
    const theirs = new copy.FatalError("no card");
    for (const error of [
      theirs,
      new Error("failed", { cause: theirs }),
      new Far("", { cause: theirs }),
    ]) {
      expect(
        pauseAfter({ policy: toPolicy("charge"), attempt: 1 }, error, { now: NOW, random: 1 }),
      ).toBeUndefined();
    }
  });

  test("is made after an AggregateError in which some failures are fatal", () => {
    const error = new AggregateError([fatal, failure]);
    expect(
      pauseAfter({ policy: toPolicy("charge"), attempt: 1 }, error, { now: NOW, random: 1 }),
    ).toBe(1000);
  });

  test("is what the outermost of several errors says", () => {
    const busy = new RetryableError("busy", { retryAfter: "7s", cause: fatal });
    expect(
      pauseAfter({ policy: toPolicy("charge"), attempt: 1 }, busy, { now: NOW, random: 1 }),
    ).toBe(7000);
    const outer = new Error("failed", { cause: busy });
    expect(
      pauseAfter({ policy: toPolicy("charge"), attempt: 1 }, outer, { now: NOW, random: 1 }),
    ).toBe(7000);
    const final = new FatalError("enough", { cause: busy });
    expect(
      pauseAfter({ policy: toPolicy("charge"), attempt: 1 }, final, { now: NOW, random: 1 }),
    ).toBeUndefined();
  });

  test("is the usual one after an error that cannot be looked at", () => {
    const { proxy, revoke } = Proxy.revocable(new Error("gone"), {});
    revoke();
    expect(
      pauseAfter({ policy: toPolicy("charge"), attempt: 1 }, proxy, { now: NOW, random: 1 }),
    ).toBe(1000);
    const odd = Object.defineProperty(new RetryableError("busy"), "retryAfter", { get: revoke });
    expect(
      pauseAfter({ policy: toPolicy("charge"), attempt: 1 }, odd, { now: NOW, random: 1 }),
    ).toBe(1000);
  });

  test("is what was asked for with a Date of another realm", () => {
    const retryAfter: Date = vm.runInNewContext(`new Date(${NOW + 7000})`);
    const error = new RetryableError("busy", { retryAfter });
    expect(
      pauseAfter({ policy: toPolicy("charge"), attempt: 1 }, error, { now: NOW, random: 1 }),
    ).toBe(7000);
  });

  test.each([
    [0, 0],
    [1500, 1500],
    ["2m", 120_000],
    [new Date(NOW + 7000), 7000],
    [new Date(NOW - 7000), 0],
  ])("is what a RetryableError asks for: %s", (retryAfter, pause) => {
    const error = new RetryableError("busy", { retryAfter });
    expect(
      pauseAfter({ policy: toPolicy("charge"), attempt: 1 }, error, { now: NOW, random: 1 }),
    ).toBe(pause);
  });

  test.each([undefined, "whenever", -1, Number.NaN, new Date(Number.NaN)])(
    "is the usual one when a RetryableError asks for %s",
    (retryAfter) => {
      const error = new RetryableError("busy", { retryAfter });
      expect(
        pauseAfter({ policy: toPolicy("charge"), attempt: 1 }, error, { now: NOW, random: 1 }),
      ).toBe(1000);
    },
  );

  test("is not made after the last attempt, whatever a RetryableError asks for", () => {
    const error = new RetryableError("busy", { retryAfter: "1s" });
    expect(
      pauseAfter({ policy: toPolicy("charge", { retries: 2 }), attempt: 3 }, error, {
        now: NOW,
        random: 1,
      }),
    ).toBeUndefined();
  });
});
