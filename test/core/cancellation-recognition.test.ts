import { describe, expect, test } from "vitest";
import {
  CancellationError,
  ChildFailedError,
  isCancellationOf,
  StepFailedError,
} from "../../src/core/errors.ts";
import { isCancellation } from "../../src/index.ts";
import { kept } from "./kept.ts";

const cancellation = new CancellationError({ reason: "enough" });

function circle(): Error {
  const error = new Error("round");
  error.cause = new AggregateError([error, new Error("inner", { cause: error })]);
  return error;
}

/** One that names no run, as if it were the asking run's own. */
function failedChild(): ChildFailedError {
  const details = { runId: "run_2", workflow: "w", status: "cancelled" } as const;
  return new ChildFailedError({ ...details, cause: cancellation });
}

describe("isCancellation", () => {
  test.each<[string, unknown]>([
    ["a CancellationError", cancellation],
    ["one of a user's own kind", new (class Mine extends CancellationError {})()],
    ["a cause", new Error("outer", { cause: cancellation })],
    ["a cause of a cause", new Error("a", { cause: new TypeError("b", { cause: cancellation }) })],
    ["a failed step's cause", new StepFailedError({ step: "a", attempts: 1, cause: cancellation })],
    ["in an AggregateError", new AggregateError([new Error("other"), cancellation])],
    ["a cause in an AggregateError", new AggregateError([new Error("a", { cause: cancellation })])],
    ["a cause of an AggregateError", new AggregateError([], "many", { cause: cancellation })],
    ["behind a circle of causes", new AggregateError([circle(), cancellation])],
    ["a SuppressedError's like", Object.assign(new Error("a"), { errors: [cancellation] })],
  ])("finds %s", (_, error) => {
    expect(isCancellation(error)).toBe(true);
    expect(isCancellation(kept(error))).toBe(true);
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a text", "CancellationError"],
    ["an error of that name", Object.assign(new Error("x"), { name: "CancellationError" })],
    ["an error of that code", Object.assign(new Error("x"), { code: "run.cancelled" })],
    ["an AbortError", new DOMException("stopped", "AbortError")],
    ["a circle of causes", circle()],
    ["a field that is neither cause nor error", Object.assign(new Error(), { was: cancellation })],
    ["a function", () => cancellation],
    ["what a child was stopped by", new Error("a", { cause: failedChild() })],
  ])("does not take %s for one", (_, error) => {
    expect(isCancellation(error)).toBe(false);
  });

  test.each(["cause", "errors"])("is not stopped by a getter of %s that throws", (name) => {
    const error = Object.defineProperty(new Error("odd"), name, {
      get() {
        throw new Error("no");
      },
    });
    expect(isCancellation(error)).toBe(false);
  });

  test("is not stopped by what cannot be looked at, nor by a list without end", () => {
    const { proxy, revoke } = Proxy.revocable(new Error("gone"), {});
    revoke();
    expect(isCancellation(proxy)).toBe(false);
    expect(isCancellation(new AggregateError([proxy, cancellation]))).toBe(true);
    const endless = new Proxy([], { get: (_, key) => (key === "length" ? 2 ** 32 : undefined) });
    expect(isCancellation(Object.assign(new Error("many"), { errors: endless }))).toBe(false);
  });

  test("goes through any number of causes", () => {
    let error: Error = cancellation;
    for (let depth = 0; depth < 100_000; depth++) error = new Error("again", { cause: error });
    expect(isCancellation(error)).toBe(true);
  });
});

describe("a cancellation belongs to its run", () => {
  const mine = new CancellationError({ runId: "run_mine" });
  const others = new CancellationError({ runId: "run_other" });

  test.each<[string, Error, boolean]>([
    ["its own", mine, true],
    ["its own as a cause", new Error("failed", { cause: mine }), true],
    ["one that code made up", cancellation, true],
    ["another run's", others, false],
    ["another run's as a cause", new Error("failed", { cause: others }), false],
    ["another run's beside its own", new AggregateError([others, mine]), true],
    ["its own, in another run's", new CancellationError({ runId: "x" }, { cause: mine }), true],
  ])("%s", (_, error, expected) => {
    expect(isCancellationOf("run_mine", error)).toBe(expected);
    expect(isCancellationOf("run_mine", kept(error))).toBe(expected);
    expect(isCancellationOf(undefined, error)).toBe(true);
    expect(isCancellation(error)).toBe(true);
  });
});
