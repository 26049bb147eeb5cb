/** Whatever value it is: kept as it was, or refused with a typed error. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { SerializationError } from "../../src/core/errors.ts";
import { decode, encode } from "../../src/core/value.ts";
import { kept } from "./kept.ts";

const RUNS = { numRuns: 500 };

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withSparseArray: true,
  withTypedArray: true,
  maxDepth: 4,
});

test("any plain value comes back as it was", async () => {
  await fc.assert(
    fc.property(anything, (value) => {
      fc.pre(!hasProtoKey(value));
      expect(kept(value)).toStrictEqual(value);
    }),
    RUNS,
  );
});

test("what is kept is plain JSON, the same however often it goes through a store", async () => {
  await fc.assert(
    fc.property(anything, (value) => {
      fc.pre(!hasProtoKey(value));
      const encoded = encode(value, "a value");
      const stored = JSON.parse(JSON.stringify(encoded));
      expect(stored).toStrictEqual(encoded);
      expect(encode(decode(stored), "a value")).toStrictEqual(encoded);
    }),
    RUNS,
  );
});

test("a value with something in it that cannot be kept is refused, wherever that stands", async () => {
  const unkeepable = fc.constantFrom<unknown>(
    () => 1,
    Symbol("x"),
    new WeakSet(),
    Promise.resolve(),
    new (class Money {})(),
  );
  const within = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      unkeepable,
      fc.array(anything, { maxLength: 3 }).chain((rest) => tie("value").map((it) => [...rest, it])),
      tie("value").map((it) => ({ it })),
      tie("value").map((it) => new Map([["it", it]])),
      tie("value").map((it) => new Map([[it, "it"]])),
      tie("value").map((it) => new Set([it])),
    ),
  })).value;
  await fc.assert(
    fc.property(within, (value) => {
      expect(() => encode(value, "a value")).toThrow(SerializationError);
    }),
    RUNS,
  );
});

function hasProtoKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  if (value instanceof Map) return hasProtoKey([...value].flat());
  if (value instanceof Set) return hasProtoKey([...value]);
  return Object.entries(value).some(([key, inner]) => key === "__proto__" || hasProtoKey(inner));
}
