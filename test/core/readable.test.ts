import vm from "node:vm";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FatalError, StepFailedError } from "../../src/core/errors.ts";
import { type Json, readable, readableText } from "../../src/core/readable.ts";
import { decode } from "../../src/core/value.ts";

const shownAs: [what: string, value: unknown, shown: Json][] = [
  ["plain JSON as it is", { a: [1, "two", true, null] }, { a: [1, "two", true, null] }],
  ["a Date as ISO text", new Date(0), "1970-01-01T00:00:00.000Z"],
  ["a Date that is none as such", new Date(Number.NaN), "Invalid Date"],
  [
    "a Map as pairs",
    new Map<unknown, unknown>([
      ["a", 1],
      [{ b: 2 }, new Date(0)],
    ]),
    [
      ["a", 1],
      [{ b: 2 }, "1970-01-01T00:00:00.000Z"],
    ],
  ],
  ["a Set as an array", new Set(["a", 1n]), ["a", "1"]],
  ["a BigInt as text", 12345678901234567890n, "12345678901234567890"],
  [
    "what is no number as text",
    [Number.NaN, Infinity, -Infinity],
    ["NaN", "Infinity", "-Infinity"],
  ],
  ["undefined not at all in objects", { a: undefined, b: 1 }, { b: 1 }],
  ["undefined as null in arrays", [undefined, 1], [null, 1]],
  ["undefined alone as null", undefined, null],
  ["a RegExp as text", /a+/gi, "/a+/gi"],
  ["a URL as text", new URL("https://example.com/a?b=c"), "https://example.com/a?b=c"],
  ["boxed values unboxed", [Object(1), Object("a"), Object(2n)], [1, "a", "2"]],
  ["an ArrayBuffer as base64", new Uint8Array([1, 2, 3]).buffer, "AQID"],
  ["bytes as base64", new Uint8Array([1, 2, 3]), "AQID"],
  ["many bytes as base64", new Uint8Array(100_000), Buffer.alloc(100_000).toString("base64")],
  ["a Buffer as base64 of just its bytes", Buffer.from("hi"), "aGk="],
  ["a part of a buffer as that part", new Uint8Array([1, 2, 3, 4]).subarray(1, 3), "AgM="],
  ["a DataView as base64", new DataView(new Uint8Array([1, 2, 3]).buffer, 1), "AgM="],
  ["other typed arrays as numbers", new Float64Array([1.5, Number.NaN]), [1.5, "NaN"]],
  ["typed arrays of BigInts as text", new BigInt64Array([-1n, 2n]), ["-1", "2"]],
  ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
];

describe("the readable form shows", () => {
  test.each(shownAs)("%s", (_what, value, shown) => {
    expect(readable(value)).toEqual(shown);
    expect(JSON.parse(JSON.stringify(readable(value)))).toEqual(shown);
  });

  test("an error with its name, message, code, cause and own fields", () => {
    const cause = Object.assign(new FatalError("card declined"), { amount: 5n });
    const shown = readable(new StepFailedError({ step: "charge", attempts: 2, cause }));
    expect(shown).toMatchObject({
      name: "StepFailedError",
      code: "step.failed",
      message: 'Step "charge" failed after 2 attempts: card declined',
      step: "charge",
      attempts: 2,
      cause: { name: "FatalError", code: "step.fatal", message: "card declined", amount: "5" },
    });
  });

  test("the errors in an aggregate error", () => {
    const shown = readable(new AggregateError([new Error("one"), "two"], "both"));
    expect(shown).toMatchObject({ message: "both", errors: [{ message: "one" }, "two"] });
  });

  test("the errors in an aggregate error of another realm", () => {
    const far = vm.runInNewContext('new AggregateError([new Error("one"), "two"], "both")');
    expect(readable(far)).toMatchObject({ message: "both", errors: [{ message: "one" }, "two"] });
  });

  test("a cycle cut where it closes", () => {
    const order: Record<string, unknown> = { id: 1 };
    order["items"] = new Map([["self", [order]]]);
    expect(readable(order)).toEqual({ id: 1, items: [["self", ["[circular]"]]] });
  });

  test("an error that is its own cause", () => {
    const error = new Error("loop");
    error.cause = error;
    expect(readable(error)).toMatchObject({ message: "loop", cause: "[circular]" });
  });

  test("the same value in two places twice", () => {
    const address = { city: "Bern" };
    expect(readable([address, address])).toEqual([address, address]);
  });

  test("a key called __proto__ as a field like any other", () => {
    const shown = readable(JSON.parse('{ "__proto__": { "admin": true } }'));
    expect(JSON.stringify(shown)).toBe('{"__proto__":{"admin":true}}');
    expect(Object.getPrototypeOf(shown)).toBe(Object.prototype);
  });

  test("a few holes as null, and an array of many holes by its indices", () => {
    const few = [1];
    few[3] = 4;
    const many: unknown[] = [];
    many[4_000_000_000] = "far";
    expect(readable(few)).toEqual([1, null, null, 4]);
    expect(readable(many)).toEqual({ "4000000000": "far" });
  });
});

describe("the readable form stays small and quick for", () => {
  test("values nested very deeply", () => {
    let nested: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) nested = [nested];
    const text = JSON.stringify(readable(nested));
    expect(text).toContain("[too deep]");
    expect(text.length).toBeLessThan(2000);
  });

  test("references that double at each level", () => {
    let doubled: unknown = "x";
    for (let depth = 0; depth < 60; depth++) doubled = [doubled, doubled];
    expect(JSON.stringify(readable(doubled))).toContain("[repeated]");
  });

  test("objects that all refer to each other", () => {
    const all: unknown[][] = Array.from({ length: 30 }, () => []);
    for (const each of all) each.push(...all);
    expect(JSON.stringify(readable(all)).length).toBeLessThan(100_000_000);
  });

  test.each([
    ["a long text", "x".repeat(300_000)],
    ["a great BigInt", 1n << 1_000_000n],
    ["long bytes", new Uint8Array(300_000)],
    ["a long key", { ["k".repeat(300_000)]: 1 }],
    ["long query parameters", new URLSearchParams({ q: "x".repeat(300_000) })],
  ])("%s in ten thousand places", (_what, value) => {
    const text = JSON.stringify(readable(Array(10_000).fill(value)));
    expect(text).toContain("[repeated]");
    expect(text.length).toBeLessThan(200_000_000);
  });

  test("many views of one buffer", () => {
    const { buffer } = new Uint8Array(300_000);
    const views = Array.from({ length: 10_000 }, () => new Uint8Array(buffer));
    expect(JSON.stringify(readable(views)).length).toBeLessThan(200_000_000);
  });

  test("a long array of nothing", () => {
    expect(readable(decode([[-7, 4_294_967_295]]))).toEqual({});
  });
});

describe("a readable form of so many bytes at most", () => {
  const anything = fc.anything({
    ...{ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true },
    ...{ withNullPrototype: true, withSparseArray: true, withBoxedValues: true },
  });

  test("is there exactly if it is no larger", async () => {
    await fc.assert(
      fc.property(anything, fc.integer({ min: -3, max: 3 }), (value, more) => {
        const text = JSON.stringify(readable(value));
        const size = Buffer.byteLength(text);
        expect(readableText(value, size + more)).toBe(more < 0 ? undefined : text);
      }),
    );
  });

  test.each<[string, unknown]>([
    ["one text, again and again", new Array(300_000).fill("y".repeat(60))],
    ["one object, again and again", new Array(100_000).fill({ a: new Array(1000).fill("b") })],
    ["large integers", new BigInt64Array(10_000_000)],
  ])("of %s is not made to find out that it is larger", (_what, value) => {
    const before = process.memoryUsage().heapUsed;
    expect(readableText(value, 100_000)).toBeUndefined();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(32 * 1024 * 1024);
  });
});
