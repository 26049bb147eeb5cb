import { describe, expect, test } from "vitest";
import { fixArguments } from "../../src/core/commands/arguments.ts";

type Code = (...args: never[]) => unknown;

/** What is kept of the arguments 1, 2, 3. */
const kept = (fn: Code): unknown[] => fixArguments({ name: "s", fn, args: [1, 2, 3] })();

describe("what a function cannot see of its arguments", () => {
  const methods = {
    async plain(_: unknown) {},
  };
  const BLIND: Record<string, [Code, number]> = {
    "an arrow": [async (_: unknown) => {}, 1],
    "an arrow without parentheses": [new Function("return async a => a")(), 1],
    "a function": [
      async function charge(_: unknown, __: unknown) {
        await null;
      },
      2,
    ],
    "a method": [methods.plain, 1],
    "a pattern": [async ({ a: [_] }: { a: unknown[] }) => {}, 1],
    "no parameters": [async () => {}, 0],
  };

  test.each(Object.entries(BLIND))("is left out: %s", (_, [fn, count]) => {
    expect(kept(fn)).toEqual([1, 2, 3].slice(0, count));
  });

  const SEEING: Record<string, Code> = {
    "a rest": async (..._: unknown[]) => {},
    "a default": async (_: unknown, __ = 5) => {},
    "a default in a pattern": async ({ a: _ = 5 }: { a?: number }) => {},
    arguments: new Function("return async function (a) { return arguments.length }")(),
    "a bound function": ((...all: unknown[]) => all).bind(null, 1),
    "a native function": Math.max as Code,
    "a proxy": new Proxy((_: unknown) => {}, {}),
    "a generated name": { [`by ${"name"}`]: async (..._: unknown[]) => {} }["by name"] as Code,
  };

  test.each(Object.entries(SEEING))("may be seen by %s, and is kept", (_, fn) => {
    expect(kept(fn)).toEqual([1, 2, 3]);
  });
});

describe("fixed arguments", () => {
  test("are copies, other ones each time, which share what the arguments shared", () => {
    const shared = { n: 1 };
    const args = fixArguments({ name: "s", fn: (..._: unknown[]) => {}, args: [shared, [shared]] });
    shared.n = 2;
    const [one, two] = [args(), args()] as unknown as [{ n: number }, { n: number }[]][];
    expect(one).toEqual([{ n: 1 }, [{ n: 1 }]]);
    expect(one?.[0]).toBe(one?.[1][0]);
    expect(two).toEqual(one);
    expect(two?.[0]).not.toBe(one?.[0]);
  });
});
