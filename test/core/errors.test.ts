import { describe, expect, test, vi } from "vitest";
import {
  CancellationError,
  DetentError,
  ERROR_KINDS,
  FatalError,
  kindOf,
  NonErrorThrownError,
  RetryableError,
  StepFailedError,
} from "../../src/core/errors.ts";
import * as published from "../../src/index.ts";

/** What callers match on: a change here breaks them. */
const CODES = {
  CancellationError: "run.cancelled",
  ChannelFullError: "channel.full",
  ChannelNotFoundError: "channel.notFound",
  ChildFailedError: "child.failed",
  ConfigurationError: "configuration.invalid",
  ContentionError: "run.contended",
  EndlessLoopError: "workflow.endlessLoop",
  FamilyTooDeepError: "child.tooDeep",
  FatalError: "step.fatal",
  ForeignAwaitError: "workflow.foreignAwait",
  HookAlreadyReceivedError: "hook.alreadyReceived",
  HookExpiredError: "hook.expired",
  HookNotFoundError: "hook.notFound",
  HookTimeoutError: "hook.timeout",
  IdempotencyConflictError: "run.idempotencyConflict",
  InvalidInputError: "input.invalid",
  InvalidOutputError: "output.invalid",
  NonDeterminismError: "workflow.nonDeterministic",
  NonErrorThrownError: "step.threwNonError",
  PayloadTooLargeError: "payload.tooLarge",
  RetryableError: "step.retryable",
  RunEndedError: "run.ended",
  RunExistsError: "run.exists",
  RunNotFoundError: "run.notFound",
  GenerationNotFoundError: "generation.notFound",
  SchedulerUnavailableError: "scheduler.unavailable",
  SerializationError: "value.notSerializable",
  StepFailedError: "step.failed",
  StepLostError: "step.lost",
  StepTimeoutError: "step.timeout",
  StoreDamagedError: "store.damaged",
  StoreRefusedError: "store.refused",
  StoreUnavailableError: "store.unavailable",
  TimeoutError: "timeout",
  TooManyChildrenError: "child.tooMany",
  TooManyEventsError: "run.tooManyEvents",
  UnknownPatchError: "workflow.unknownPatch",
  WorkflowNotFoundError: "workflow.notFound",
};

/** Every kind, made as the package makes it. */
const made: Record<keyof typeof CODES, DetentError> = {
  CancellationError: new CancellationError({ reason: "too late" }),
  ChannelFullError: new published.ChannelFullError({
    runId: "run_1",
    channel: "orders",
    reason: "log",
  }),
  ChannelNotFoundError: new published.ChannelNotFoundError({
    workflow: "w",
    channel: "orders",
    known: ["refunds"],
  }),
  ChildFailedError: new published.ChildFailedError({
    runId: "run_2",
    workflow: "w",
    status: "failed",
    cause: new Error("why"),
  }),
  ConfigurationError: new published.ConfigurationError("wrong"),
  ContentionError: new published.ContentionError("run_1", 50),
  EndlessLoopError: new published.EndlessLoopError(1000),
  FamilyTooDeepError: new published.FamilyTooDeepError({ workflow: "w", limit: 16 }),
  FatalError: new FatalError("no card"),
  ForeignAwaitError: new published.ForeignAwaitError("The workflow ended"),
  HookAlreadyReceivedError: new published.HookAlreadyReceivedError({ runId: "run_1", hook: "a" }),
  HookExpiredError: new published.HookExpiredError({
    runId: "run_1",
    hook: "a",
    reason: "timeout",
  }),
  HookNotFoundError: new published.HookNotFoundError(),
  HookTimeoutError: new published.HookTimeoutError({ hook: "a" }),
  IdempotencyConflictError: new published.IdempotencyConflictError("run_1"),
  InvalidInputError: new published.InvalidInputError("bad", [{ message: "no", path: ["a", 0] }]),
  InvalidOutputError: new published.InvalidOutputError("bad"),
  NonDeterminismError: new published.NonDeterminismError({
    position: 3,
    expected: 'step "a"',
    got: "sleep",
  }),
  NonErrorThrownError: new NonErrorThrownError("text", "Step"),
  PayloadTooLargeError: new published.PayloadTooLargeError({ what: "It", size: 2, limit: 1 }),
  RetryableError: new RetryableError("busy", { retryAfter: "5s" }),
  RunEndedError: new published.RunEndedError({ runId: "run_1", status: "completed" }),
  RunExistsError: new published.RunExistsError("run_1"),
  RunNotFoundError: new published.RunNotFoundError("run_1"),
  GenerationNotFoundError: new published.GenerationNotFoundError({
    runId: "run_1",
    generation: 3,
    last: 2,
  }),
  SchedulerUnavailableError: new published.SchedulerUnavailableError("SQS", new Error("down")),
  SerializationError: new published.SerializationError({ what: "It", why: "no", path: ".a" }),
  StepFailedError: new StepFailedError({ step: "a", attempts: 2, cause: new Error("why") }),
  StepLostError: new published.StepLostError({ step: "a", attempt: 1 }),
  StepTimeoutError: new published.StepTimeoutError({ step: "a", timeoutMs: 5 }),
  StoreDamagedError: new published.StoreDamagedError("A log", "an entry is missing"),
  StoreRefusedError: new published.StoreRefusedError("store.refused", "no rights"),
  StoreUnavailableError: new published.StoreUnavailableError("head", new Error("down")),
  TimeoutError: new published.TimeoutError("too long"),
  TooManyChildrenError: new published.TooManyChildrenError({ living: 1000, limit: 900 }),
  TooManyEventsError: new published.TooManyEventsError(50_000),
  UnknownPatchError: new published.UnknownPatchError({ workflow: "order", patch: "new-tax" }),
  WorkflowNotFoundError: new published.WorkflowNotFoundError({ workflow: "w", known: ["x"] }),
};

describe("the errors", () => {
  test("are all published, and each has the code that callers match on", () => {
    const codes = Object.fromEntries(Object.entries(made).map(([kind, { code }]) => [kind, code]));
    expect(codes).toEqual(CODES);
    expect(new Set(Object.values(CODES)).size).toBe(Object.keys(CODES).length);
    for (const kind of Object.keys(ERROR_KINDS)) {
      expect(published).toHaveProperty(kind, ERROR_KINDS[kind as keyof typeof ERROR_KINDS]);
    }
    expect(Object.keys(ERROR_KINDS).sort()).toEqual([...Object.keys(CODES), "DetentError"].sort());
  });

  test.each(Object.entries(made))(
    "%s is a DetentError, an Error and nothing else",
    (kind, error) => {
      expect(error).toBeInstanceOf(Error);
      expect(error).toBeInstanceOf(DetentError);
      expect(error.name).toBe(kind);
      expect(String(error)).toBe(`${kind}: ${error.message}`);
      expect(Object.keys(error)).not.toContain("name");
      const kinds = Object.entries(ERROR_KINDS).filter(([, it]) => error instanceof it);
      expect(kinds.map(([name]) => name).sort()).toEqual(["DetentError", kind].sort());
    },
  );

  test("keep their cause", () => {
    const cause = new Error("why");
    expect(new FatalError("no", { cause }).cause).toBe(cause);
    expect(new RetryableError("no", { cause }).cause).toBe(cause);
    expect(new CancellationError({}, { cause }).cause).toBe(cause);
    expect(new StepFailedError({ step: "a", attempts: 1, cause }).cause).toBe(cause);
    expect("cause" in new FatalError("no")).toBe(false);
  });

  test("say what happened, in words", () => {
    expect(made.CancellationError.message).toContain("too late");
    expect(made.StepFailedError.message).toBe('Step "a" failed after 2 attempts: why');
    expect(made.InvalidInputError.message).toContain("a.0: no");
    expect(made.WorkflowNotFoundError.message).toContain("Registered: x");
    expect(made.NonDeterminismError.message).toMatch(/command 3 .* step "a".* sleep/);
  });
});

describe("instanceof", () => {
  class CardDeclined extends FatalError {}
  class ExpiredCard extends CardDeclined {}

  test("knows a user's own subclass by all its ancestors", () => {
    const error = new ExpiredCard("expired");
    for (const kind of [ExpiredCard, CardDeclined, FatalError, DetentError, Error]) {
      expect(error).toBeInstanceOf(kind);
    }
    expect(error).not.toBeInstanceOf(RetryableError);
    expect(kindOf(error)).toBe("FatalError");
  });

  test("tells a user's own subclass from its parent and its siblings", () => {
    class Sibling extends FatalError {}
    expect(new FatalError("no")).not.toBeInstanceOf(CardDeclined);
    expect(new CardDeclined("no")).not.toBeInstanceOf(ExpiredCard);
    expect(new CardDeclined("no")).not.toBeInstanceOf(Sibling);
  });

  test.each([null, undefined, 5, "FatalError", {}, new Error("FatalError"), () => 1])(
    "is false for %s",
    (value) => {
      expect(value instanceof DetentError).toBe(false);
      expect(value instanceof FatalError).toBe(false);
    },
  );

  test("knows the errors of a second copy of this package, and its subclasses", async () => {
    vi.resetModules();
    const other = await import("../../src/core/errors.ts");
    expect(other.FatalError).not.toBe(FatalError);
    class Theirs extends other.FatalError {}
    for (const error of [new other.FatalError("no"), new Theirs("no")]) {
      expect(error).toBeInstanceOf(FatalError);
      expect(error).toBeInstanceOf(DetentError);
      expect(error).not.toBeInstanceOf(RetryableError);
      expect(error).not.toBeInstanceOf(CardDeclined);
    }
    expect(new CardDeclined("no")).toBeInstanceOf(other.FatalError);
    expect(new Theirs("no")).not.toBeInstanceOf(CardDeclined);
  });

  test("knows what a second copy of this package read from a log", async () => {
    vi.resetModules();
    const other = await import("../../src/core/value.ts");
    const error = new CancellationError({ reason: "why" });
    const copy = other.decode(other.encodeError(error));
    expect(copy).toBeInstanceOf(CancellationError);
  });
});
