import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encode } from "../../src/core/value.ts";
import { inOrder } from "../../src/core/values/in-order.ts";

const written = (value: unknown): string => JSON.stringify(encode(inOrder(value), "a value"));

/** The same, with the keys of each object the other way round. */
function reversed(value: unknown): unknown {
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [reversed(k), reversed(v)]));
  if (value instanceof Set) return new Set([...value].map(reversed));
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, each]) => [key, reversed(each)]));
}

describe("a value with its keys in order", () => {
  test("is written alike, whichever key came first", async () => {
    // A key that no value is kept with.
    const key = fc.string().filter((each) => each !== "__proto__");
    const options = { key, withMap: true, withSet: true, withDate: true, maxDepth: 4 };
    await fc.assert(
      fc.property(fc.object(options), (value) => {
        expect(written(reversed(value))).toBe(written(value));
      }),
    );
  });

  test("is the same value", async () => {
    const options = {
      ...{ withMap: true, withSet: true, withDate: true, withBigInt: true },
      ...{ withTypedArray: true, withSparseArray: true, withNullPrototype: true },
    };
    await fc.assert(
      fc.property(fc.object({ ...options, maxDepth: 4 }), (value) => {
        expect(inOrder(value)).toStrictEqual(value);
      }),
    );
    const odd = [{ ["__proto__"]: 1 }, new RangeError("x"), undefined, -0, new Array(3)];
    expect(inOrder(odd)).toStrictEqual(odd);
  });

  test("refers to itself where the value does", () => {
    const ring: Record<string, unknown> = { b: 1, a: 2 };
    ring["self"] = [ring];
    const copy = inOrder(ring) as Record<string, unknown[]>;
    expect(Object.keys(copy)).toEqual(["a", "b", "self"]);
    expect(copy["self"]?.[0]).toBe(copy);
    expect(copy).not.toBe(ring);
  });

  test("differs where the value does", () => {
    expect(written({ a: 1, b: 2 })).not.toBe(written({ a: 2, b: 1 }));
    expect(written([1, 2])).not.toBe(written([2, 1]));
    expect(written({ a: { b: 1 } })).not.toBe(written({ b: { a: 1 } }));
  });
});
