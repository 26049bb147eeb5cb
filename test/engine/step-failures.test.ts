import { expect, test } from "vitest";
import {
  FatalError,
  NonErrorThrownError,
  PayloadTooLargeError,
  SerializationError,
  StepFailedError,
  step,
  workflow,
} from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { eventsOf, storyOf } from "./story.ts";

/** A workflow with one step that answers what the step failed with. */
function failing(fn: () => unknown, retries = 3) {
  const attempts = { count: 0 };
  const fail = step(
    "fail",
    () => {
      attempts.count += 1;
      return fn();
    },
    { retries, backoff: "fixed" },
  );
  const order = workflow("order", async () => {
    try {
      await fail();
      return undefined;
    } catch (error) {
      return error;
    }
  });
  return { order, attempts };
}

describeOnEachStore("a step that fails", ({ createEngine }) => {
  test("for good throws a StepFailedError with the step, its attempts and the cause", async () => {
    const { order } = failing(() => {
      throw Object.assign(new TypeError("declined"), { card: "1234" });
    }, 2);
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.clock.advance("1m");
    const error = await run.result();
    expect(error).toBeInstanceOf(StepFailedError);
    expect(error).toMatchObject({
      code: "step.failed",
      step: "fail",
      attempts: 3,
      message: 'Step "fail" failed after 3 attempts: declined',
      cause: { name: "TypeError", message: "declined", card: "1234" },
    });
  });

  test("with a FatalError is not tried again", async () => {
    const { order, attempts } = failing(() => {
      throw new FatalError("no such card", { cause: new Error("why") });
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    const error = await run.result();
    expect(error).toBeInstanceOf(StepFailedError);
    expect(error).toMatchObject({ attempts: 1, cause: { cause: { message: "why" } } });
    expect((error as Error).cause).toBeInstanceOf(FatalError);
    expect(attempts.count).toBe(1);
  });

  test("with a FatalError of the user's own kind is not tried again", async () => {
    class CardDeclined extends FatalError {}
    const { order, attempts } = failing(() => {
      throw new CardDeclined("declined");
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toMatchObject({ attempts: 1 });
    expect(attempts.count).toBe(1);
  });

  test("without retries is not tried again", async () => {
    const { order, attempts } = failing(() => {
      throw new Error("no");
    }, 0);
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toMatchObject({ attempts: 1 });
    expect(attempts.count).toBe(1);
    expect(await storyOf(engine, run.runId, { only: /step/ })).toEqual([
      "step.started fail",
      "step.failed fail",
    ]);
  });

  test.each([undefined, null, "no stock", 7, { why: "no stock" }])(
    "with %j, which is no Error, has a NonErrorThrownError as cause",
    async (thrown) => {
      const { order } = failing(() => {
        throw thrown;
      }, 0);
      const engine = createEngine({ workflows: [order] });
      const run = await engine.start(order);
      await engine.settle();
      const { cause } = (await run.result()) as { cause: unknown };
      expect(cause).toBeInstanceOf(NonErrorThrownError);
      expect(cause).toMatchObject({
        thrown,
        message: expect.stringContaining('Step "fail" threw'),
      });
    },
  );

  test("with something that cannot be kept has as much of it as can be as cause", async () => {
    const { order } = failing(() => {
      throw () => "a function";
    }, 0);
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toMatchObject({ cause: { code: "step.threwNonError" } });
  });

  test("with an error whose getters throw fails like any other", async () => {
    const { order } = failing(() => {
      const error = new Error("odd");
      for (const key of ["cause", "errors", "stack", "message", "details"]) {
        Object.defineProperty(error, key, {
          enumerable: true,
          get() {
            throw new Error("no");
          },
        });
      }
      throw error;
    }, 0);
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toMatchObject({ code: "step.failed", attempts: 1 });
  });

  test("because its result cannot be kept is not tried again", async () => {
    const { order, attempts } = failing(() => ({ connection: { close() {} } }));
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    const { cause } = (await run.result()) as { cause: unknown };
    expect(cause).toBeInstanceOf(SerializationError);
    expect(cause).toMatchObject({
      path: ".connection.close",
      message: expect.stringContaining('The result of step "fail"'),
    });
    expect(attempts.count).toBe(1);
  });

  test("because its result is too large is not tried again", async () => {
    const { order, attempts } = failing(() => "x".repeat(500_000));
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    const { cause } = (await run.result()) as { cause: PayloadTooLargeError };
    expect(cause).toBeInstanceOf(PayloadTooLargeError);
    expect(cause.size).toBeGreaterThan(500_000);
    expect(cause.limit).toBeLessThan(400 * 1024);
    expect(attempts.count).toBe(1);
  });

  test("with a huge error keeps its name and the start of its message", async () => {
    const { order } = failing(() => {
      throw Object.assign(new RangeError("x".repeat(600_000)), { body: "y".repeat(600_000) });
    }, 0);
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toMatchObject({
      cause: { name: "RangeError", message: expect.stringMatching(/^x{1000}/) },
    });
  });

  test("fails the run when the workflow does not catch it", async () => {
    const order = workflow("order", async () => {
      await step("fail", async () => Promise.reject(new Error("declined")), { retries: 0 })();
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    await expect(run.result()).rejects.toBeInstanceOf(StepFailedError);
    expect(await engine.getRun(run.runId)).toMatchObject({
      status: "failed",
      error: { name: "StepFailedError", code: "step.failed", cause: { message: "declined" } },
    });
    expect(await eventsOf(engine, run.runId, "step.failed")).toMatchObject([
      { step: "fail", attempt: 1, error: { message: "declined" } },
    ]);
  });

  test("lets the workflow go on another way", async () => {
    const order = workflow("order", async () => {
      try {
        await step("card", async () => Promise.reject(new Error("declined")), { retries: 0 })();
      } catch {
        return await step("invoice", async () => "sent")();
      }
      return "charged";
    });
    const engine = createEngine({ workflows: [order], replay: "cold" });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toBe("sent");
  });
});
