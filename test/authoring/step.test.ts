import { describe, expect, test, vi } from "vitest";
import {
  CancellationError,
  ConfigurationError,
  getContext,
  InvalidInputError,
  shield,
  sleep,
  step,
} from "../../src/index.ts";

describe("a step that is called outside of any run, as in a unit test,", () => {
  test("is its function: same arguments, same result, at once", async () => {
    const add = vi.fn(async (a: number, b: number) => a + b);
    expect(await step("add", add)(1, 2)).toBe(3);
    expect(add.mock.calls).toEqual([[1, 2]]);
  });

  test("gets the very objects it is given, and answers the very one it made", async () => {
    const given = { list: [] as number[] };
    const made = { done: true };
    const fill = step("fill", async (it: typeof given) => {
      it.list.push(1);
      return made;
    });
    expect(await fill(given)).toBe(made);
    expect(given.list).toEqual([1]);
  });

  test("answers a promise also when its function is not async", async () => {
    const result = step("now", () => 5)();
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toBe(5);
  });

  test("throws what its function throws, just as it is, and is not tried again", async () => {
    const error = new Error("declined");
    const fail = vi.fn(() => {
      throw error;
    });
    await expect(step("fail", fail)()).rejects.toBe(error);
    expect(fail).toHaveBeenCalledTimes(1);
  });

  test("has a context", async () => {
    const context = await step("look", async () => {
      const { checkCancellation, signal, now, random, uuid, logger, ...rest } = getContext();
      await checkCancellation();
      expect(signal.aborted).toBe(false);
      expect(now()).toBeInstanceOf(Date);
      expect(random()).toBeLessThan(1);
      expect(uuid()).toMatch(/^[\da-f-]{36}$/);
      logger.debug("looked");
      return rest;
    })();
    expect(context).toMatchObject({
      runId: expect.any(String),
      workflow: expect.any(String),
      step: "look",
      attempt: 1,
      idempotencyKey: expect.any(String),
    });
    expect(context.cancellation).toBeUndefined();
  });

  test("has a key of its own at each call", async () => {
    const key = step("key", async () => getContext().idempotencyKey);
    expect(new Set([await key(), await key(), await key()]).size).toBe(3);
  });

  test("may sleep, shield and call other steps", async () => {
    const inner = step("inner", async (n: number) => {
      await sleep(1);
      return n + 1;
    });
    const outer = step("outer", async () => shield(async () => [await inner(1), await inner(2)]));
    expect(await outer()).toEqual([2, 3]);
  });

  test("can be made to stop by its own code", async () => {
    const stop = step("stop", async () => {
      throw new CancellationError({ reason: "enough" });
    });
    await expect(stop()).rejects.toBeInstanceOf(CancellationError);
  });
});

describe("a step", () => {
  test.each(["", undefined, null, 5, {}])("needs a name, and %s is none", (name) => {
    expect(() => step(name as never, async () => {})).toThrow(ConfigurationError);
  });

  test.each([257, 500_000])("has no name of %i characters", (length) => {
    expect(() => step("n".repeat(length), async () => {})).toThrow("1 to 256 characters");
    expect(() => step("n".repeat(256), async () => {})).not.toThrow();
  });

  test.each([undefined, null, "fn", {}])("needs a function, and %s is none", (fn) => {
    expect(() => step("charge", fn as never)).toThrow(ConfigurationError);
    expect(() => step("charge", fn as never)).toThrow('Step "charge" needs a function');
  });

  test("refuses options that cannot be used when it is defined, not when it is called", () => {
    expect(() => step("charge", async () => {}, { retries: -1 })).toThrow(InvalidInputError);
    expect(() => step("charge", async () => {}, { timeout: "soon" })).toThrow(InvalidInputError);
  });
});
