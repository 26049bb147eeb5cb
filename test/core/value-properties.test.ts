/** Whatever value it is: kept as it was, or refused with a typed error. */
import { stringify } from "devalue";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SerializationError } from "../../src/core/errors.ts";
import { readable } from "../../src/core/readable.ts";
import { decode, encode, encodeError } from "../../src/core/value.ts";
import { kept } from "./kept.ts";
import { isSame } from "./same.ts";

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

class Money {
  amount = 5;
}
class Prices extends Map<unknown, unknown> {}
class Tags extends Set<unknown> {}
class List extends Array<unknown> {}

/** What makes an object other than it looks, or nothing at all of it. */
const twists: readonly ((value: object) => unknown)[] = [
  (value) => value,
  (value) => Object.freeze(value),
  (value) => Object.assign(value, { note: 1 }),
  (value) => Object.assign(value, { [Symbol("note")]: 1 }),
  (value) => Object.assign(value, { toJSON: () => 1 }),
  (value) => Object.defineProperty(value, "note", { value: 1 }),
  (value) => Object.defineProperty(value, "note", { enumerable: true, get: () => 7 }),
  (value) => Object.defineProperty(value, Symbol.toStringTag, { value: "Date" }),
  (value) => Object.setPrototypeOf(value, null),
  (value) => Object.setPrototypeOf(value, { note: 1 }),
  (value) => Object.setPrototypeOf(value, Money.prototype),
  (value) => Object.create(value),
  (value) => new Proxy(value, {}),
  (value) => new Prices([[1, value]]),
  (value) => new Tags([value]),
  (value) => Object.setPrototypeOf([value], List.prototype),
  (value) => Object.assign([value], { 5: value }),
  // biome-ignore lint/suspicious/noSparseArray: that is the point
  (value) => [value, , value],
  (value) => Object.assign(/a/g, { lastIndex: 1, value }),
  (value) => Object.assign(/a/g, { lastIndex: Object.keys(value).length % 2 }),
  (value) => new Error("wrapped", { cause: value }),
  (value) => ({ url: new URL("https://a.example"), value }),
];

/** Values of every kind, some of them twisted, in one another. */
const twisted = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    anything,
    fc
      .tuple(
        fc.constantFrom(...twists),
        fc.oneof(fc.dictionary(fc.string(), tie("value")), anything),
      )
      .map(([twist, value]) => {
        try {
          return typeof value === "object" && value !== null ? twist(value) : value;
        } catch {
          return value; // What is frozen takes no twist.
        }
      }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(anything, tie("value")), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(tie("value"), { maxLength: 3 }).map((items) => new Set(items)),
  ),
})).value;

describe("any value", () => {
  test("that is plain comes back as it was", async () => {
    await fc.assert(
      fc.property(anything, (value) => {
        fc.pre(!hasProtoKey(value));
        expect(kept(value)).toStrictEqual(value);
      }),
      RUNS,
    );
  });

  test("comes back the same in everything that can be told of it, or is refused", async () => {
    let refused = 0;
    await fc.assert(
      fc.property(twisted, (value) => {
        let copy: unknown;
        try {
          copy = kept(value);
        } catch (error) {
          expect(error).toBeInstanceOf(SerializationError);
          refused += 1;
          return;
        }
        expect(isSame(value, copy)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
    expect(refused).toBeGreaterThan(100);
    expect(refused).toBeLessThan(2_900);
  });

  test("is kept as plain JSON, the same however often it goes through a store", async () => {
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

  test("is written as devalue writes it, so that what it wrote before can be read", async () => {
    await fc.assert(
      fc.property(anything, (value) => {
        fc.pre(!hasProtoKey(value) && !hasPartialView(value));
        expect(encode(value, "a value")).toStrictEqual(JSON.parse(stringify(value)));
      }),
      RUNS,
    );
  });

  test("with something in it that cannot be kept is refused, wherever that stands", async () => {
    const unkeepable = fc.constantFrom<unknown>(
      () => 1,
      Symbol("x"),
      new WeakSet(),
      Promise.resolve(),
      new Money(),
      new Prices(),
      Object.assign([], { note: 1 }),
    );
    const within = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        unkeepable,
        fc
          .array(anything, { maxLength: 3 })
          .chain((rest) => tie("value").map((it) => [...rest, it])),
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

  test("that an error holds is kept, or left out, and the rest of the error is whole", async () => {
    await fc.assert(
      fc.property(twisted, twisted, (field, cause) => {
        const error = Object.assign(new RangeError("no", { cause }), { id: 7, field });
        const copy = decode(JSON.parse(JSON.stringify(encodeError(error))));
        expect(copy).toBeInstanceOf(RangeError);
        expect(copy).toMatchObject({ name: "RangeError", message: "no", id: 7 });
      }),
      RUNS,
    );
  });

  test("that can be kept can be shown", async () => {
    await fc.assert(
      fc.property(anything, (value) => {
        fc.pre(!hasProtoKey(value));
        const shown = JSON.stringify(readable(kept(value)));
        expect(JSON.stringify(readable(JSON.parse(shown)))).toBe(shown);
      }),
      RUNS,
    );
  });
});

function hasProtoKey(value: unknown): boolean {
  return holds(value, (each) => Object.hasOwn(each, "__proto__"));
}

/** Of which only its own bytes are kept. */
function hasPartialView(value: unknown): boolean {
  return holds(
    value,
    (each) => ArrayBuffer.isView(each) && each.byteLength < each.buffer.byteLength,
  );
}

function holds(value: unknown, matches: (each: object) => boolean): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (matches(value)) return true;
  if (ArrayBuffer.isView(value)) return false;
  const within = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : [];
  return [...within, ...Object.values(value)].some((inner) => holds(inner, matches));
}
