import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, encode } from "../../src/core/value.ts";
import { isSameValue } from "../../src/core/values/same-value.ts";

const copy = (value: unknown): unknown => decode(encode(value, "a value"));

/** Each level refers twice to the next: so few parts have 2^levels paths. */
function doubled(levels: number, end: unknown): unknown {
  let value = end;
  for (let level = 0; level < levels; level += 1) value = { left: value, right: value };
  return value;
}

const key = fc.string().filter((each) => each !== "__proto__");
const kept = fc.object({
  ...{ key, maxDepth: 3, maxKeys: 3 },
  ...{ withMap: true, withSet: true, withDate: true, withBigInt: true },
  ...{ withTypedArray: true, withSparseArray: true, withNullPrototype: true },
});

describe("two values", () => {
  test("are the same as their copies are", async () => {
    await fc.assert(
      fc.property(kept, (value) => {
        expect(isSameValue(value, copy(value))).toBe(true);
      }),
    );
  });

  test("are the same where every part is", async () => {
    await fc.assert(
      fc.property(kept, kept, (one, other) => {
        expect(isSameValue(one, other)).toBe(isDeepStrictEqual(one, other));
      }),
    );
  });

  test.each<[string, unknown, unknown]>([
    ["fields in another order", { a: 1, b: [2] }, { b: [2], a: 1 }],
    [
      "Maps and Sets in another order",
      new Map([
        [1, 2],
        [3, 4],
      ]),
      new Map([
        [3, 4],
        [1, 2],
      ]),
    ],
    ["elements in another order", new Set(["a", 1n]), new Set([1n, "a"])],
    ["one part twice, and two alike", doubled(1, { a: 1 }), { left: { a: 1 }, right: { a: 1 } }],
    ["errors from two places", new RangeError("far"), new RangeError("far")],
    ["bytes", new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  ])("are the same with %s", (_, one, other) => {
    expect(isSameValue(one, other)).toBe(true);
  });

  test.each<[string, unknown, unknown]>([
    ["a field that is undefined", { a: undefined }, {}],
    ["a field of another name", { a: undefined }, { b: undefined }],
    ["zeros", 0, -0],
    ["a text and a number", new Map([["1", 2]]), new Map([[1, 2]])],
    ["an array and an object", [1], { 0: 1 }],
    ["an array with a hole", new Array(1), [undefined]],
    ["no prototype", Object.create(null), {}],
    ["times", new Date(0), new Date(1)],
    ["bytes of another kind", new Uint8Array([1]), new Int8Array([1])],
    ["what caused an error", new Error("x", { cause: 1 }), new Error("x", { cause: 2 })],
    ["what an error says", new Error("x"), new Error("y")],
    ["a part behind one that is shared", { a: doubled(2, 1), b: 1 }, { a: doubled(2, 1), b: 2 }],
  ])("differ in %s", (_, one, other) => {
    expect(isSameValue(one, other)).toBe(false);
  });

  test("refer to themselves, each in its own way", () => {
    const ring = (length: number, at: unknown): unknown => {
      const first: Record<string, unknown> = { at };
      let last = first;
      for (let n = 1; n < length; n += 1) {
        const next = { at };
        last["next"] = next;
        last = next;
      }
      last["next"] = first;
      return first;
    };
    expect(isSameValue(ring(2, 1), ring(3, 1))).toBe(true);
    expect(isSameValue(ring(2, 1), ring(2, 2))).toBe(false);
  });

  test("are compared part by part, and not path by path", () => {
    expect(isSameValue(doubled(60, "x"), doubled(60, "x"))).toBe(true);
    expect(isSameValue(doubled(60, "x"), doubled(60, "y"))).toBe(false);
    expect(isSameValue(doubled(60, "x"), doubled(59, "x"))).toBe(false);
  });
});
