import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEEPEST_BODY } from "../../src/core/bounds.ts";
import { readable } from "../../src/core/readable.ts";
import { type Encoded, encode } from "../../src/core/value.ts";
import { Malformed } from "../../src/core/values/malformed.ts";
import { decodeBody } from "../../src/http/lossless.ts";

const MALFORMED: readonly unknown[] = [
  null,
  "text",
  {},
  [],
  5,
  -8,
  -2,
  1.5,
  [["Error", 0]],
  [["Error", 1], null],
  [["Error", "x"]],
  [["Error"]],
  [["Error", -1]],
  [["Error", 1], []],
  [["Error", 1], {}],
  [["Error", 1], { name: 2, message: 3 }, "x", 5],
  [["Error", 1], { name: 2, message: 2, errors: 3 }, "x", null],
  [["Error", 1], { name: 2, message: 2, errors: 2 }, "x"],
  [["Error", 1], { name: 2, message: 2, fields: 3 }, "x", [2]],
  [["Error", 1], { name: 2, message: 2, stack: 3 }, "x", {}],
  [["Error", 1], { cause: 0, name: 2, message: 2 }, "x"],
  [["Unknown", 1], "x"],
  [["null", "__proto__", 1], "x"],
  [["null", 1, 1], "x"],
  [["URL", "nowhere"]],
  [["BigInt", "many"]],
  [["RegExp", "(", ""]],
  [["RegExp", "a", "gg"]],
  [["Uint8Array", 0]],
  [
    ["Uint16Array", 1],
    ["ArrayBuffer", "AAAA"],
  ],
  [
    ["Uint8Array", 1, 9, 9],
    ["ArrayBuffer", "AAAA"],
  ],
  [["ArrayBuffer", 1], 8],
  [["Buffer", 1], 8],
  [["Temporal.Instant", "never"]],
  [["Object", 1], { a: 0 }],
  [[1], [0, 7]],
  [[[0]]],
  [{ a: "b" }],
  [{ a: 0.5 }],
  [["Map", 0]],
  [[-7]],
  [[-7, 3, 4, 0]],
  JSON.parse('[{ "__proto__": 1 }, { "admin": true }]'),
];

/** Encodings of all kinds of values, and with parts of them exchanged for other parts. */
const mangled = fc
  .tuple(
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
    }),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.nat(),
        fc.oneof(
          fc.integer({ min: -9, max: 40 }),
          fc.constantFrom<unknown>(
            1e7,
            2 ** 32 - 1,
            -7,
            "Map",
            "Error",
            "ArrayBuffer",
            "x".repeat(50_000),
            "9".repeat(50_000),
            "(".repeat(50_000),
            null,
            [1, 1, 1],
            { name: 1, message: 1, fields: 0 },
          ),
        ),
      ),
      { maxLength: 8 },
    ),
  )
  .map(([value, changes]) => {
    const body: unknown[] = [encodable(value)].flat();
    for (const [at, inside, change] of changes) {
      const part = structuredClone(change);
      const item = body[at % body.length];
      if (Array.isArray(item) && inside % 3 > 0) item[inside % (item.length + 1)] = part;
      else if (inside % 3 > 1) body.push(part);
      else body[at % body.length] = part;
    }
    return body;
  });

function encodable(value: unknown): Encoded {
  try {
    return structuredClone(encode([value, new Error("no", { cause: value })], "a value"));
  } catch {
    return encode([], "a value");
  }
}

const read = (body: unknown) => decodeBody(body, JSON.stringify(body).length);

describe("a lossless body", () => {
  test("gives back what was encoded", () => {
    const value = {
      at: new Date(0),
      items: new Map([["a", new Set([1n])]]),
      nothing: undefined,
      error: new RangeError("far"),
      bytes: new Uint8Array([1, 2, 3]),
    };
    expect(read(encode(value, "a value"))).toEqual(value);
  });

  test("may refer to one value from several places, and to itself", () => {
    const shared = { name: "shared" };
    const value: { list: unknown[]; self?: unknown } = { list: Array(1000).fill(shared) };
    value.self = value;
    const back = read(encode(value, "a value")) as typeof value;
    expect(back.self).toBe(back);
    expect(back.list[999]).toBe(back.list[0]);
  });

  test("may be long", () => {
    const rows = Array.from({ length: 40_000 }, (_, id) => ({ id, state: "waiting for payment" }));
    expect(read(encode(rows, "rows"))).toEqual(rows);
  });

  test("an error of a kind that is none is just an error", () => {
    for (const kind of ["__proto__", "constructor", "Newer"]) {
      const error = read([["Error", 1], { name: 2, message: 2, kind: 3 }, "x", kind]);
      expect(Object.getPrototypeOf(error)).toBe(Error.prototype);
    }
  });

  test.each(MALFORMED.map((body) => [body]))("is refused when it is %j", (body) => {
    expect(() => read(body)).toThrow(Malformed);
    expect(Object.hasOwn(Object.prototype, "admin")).toBe(false);
  });

  test("cannot make the decoder call one error's fields again and again", () => {
    const fields = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`f${i}`, 4]));
    const body: unknown[] = [[]];
    body.push({ name: 4, message: 4, fields: 2 }, fields, -1, "x");
    const list: number[] = [];
    for (let each = 0; each < 20_000; each++) list.push(body.push(["Error", 1]) - 1);
    body[0] = list;
    expect(() => read(body)).toThrow("too often");
  });

  test("cannot stand for more than it says", () => {
    const body: Encoded = Array.from({ length: 60 }, (_, i) => (i < 59 ? [i + 1, i + 1] : "x"));
    expect(() => read(body)).toThrow("too often");
  });

  test("cannot show one long buffer through many views", () => {
    const body: unknown[] = [[], ["ArrayBuffer", "AAAA".repeat(100_000)]];
    const list: number[] = [];
    for (let each = 0; each < 5000; each++) list.push(body.push(["Uint8Array", 1]) - 1);
    body[0] = list;
    expect(() => read(body)).toThrow("too often");
  });

  test("cannot claim an array that is longer than all that a body may stand for", () => {
    const claimed = (length: unknown) => [[-7, length, 0, 1], "x"];
    for (const length of [1e5, 1e7, 2 ** 32 - 1, 2 ** 32, -1, 1.5, null, "9", 1e300]) {
      expect(() => read(claimed(length))).toThrow();
    }
    expect(read(claimed(10_000))).toHaveLength(10_000);
    const many: unknown[] = [[]];
    for (let each = 0; each < 20; each++) many.push([-7, 9_000]);
    many[0] = many.slice(1).map((_, index) => index + 1);
    expect(() => read(many)).toThrow("too long arrays");
  });

  test("cannot claim one long array from many places", () => {
    const body = [Array(50).fill(1), [-7, 9_000]];
    expect(() => read(body)).toThrow("too often");
    expect(
      read([
        [1, 1],
        [-7, 9_000],
      ]),
    ).toHaveLength(2);
  });

  test("cannot show numbers that take more than they say", () => {
    const buffer = ["ArrayBuffer", "AAAA".repeat(20_000)];
    const shownAs = (type: string, times: number): unknown[] => {
      const views = Array.from({ length: times }, () => [type, 1]);
      return [views.map((_, index) => index + 2), buffer, ...views];
    };
    expect(() => read(shownAs("Int8Array", 3))).toThrow("too often");
    expect(() => read(shownAs("Float64Array", 20))).toThrow("too often");
    expect(read(shownAs("Int8Array", 1))).toEqual([new Int8Array(60_000)]);
    expect(read(shownAs("DataView", 10))).toHaveLength(10);
  });

  test("cannot have patterns that take long to make sense of", () => {
    const slow = ["RegExp", "\\p{L}".repeat(1_000), "iu"];
    expect(read([slow])).toBeInstanceOf(RegExp);
    const short = Array.from({ length: 1_000 }, () => ["RegExp", "a+"]);
    expect(read([short.map((_, index) => index + 1), ...short])).toHaveLength(1_000);
    expect(() => read([["RegExp", "\\p{L}".repeat(100_000), "iu"]])).toThrow("too often");
    const many = Array.from({ length: 100 }, () => slow);
    expect(() => read([many.map((_, index) => index + 1), ...many])).toThrow("too often");
  });

  test("can have a BigInt of as many digits as can be kept, and none that takes long to read", () => {
    const digits = "9".repeat(10_000);
    expect(read([["BigInt", digits]])).toBe(BigInt(digits));
    expect(read([["BigInt", `-${digits}`]])).toBe(-BigInt(digits));
    for (const text of [`${digits}9`, "9".repeat(1_000_000), `0x${"f".repeat(20)}`, "", "1.5", 7]) {
      expect(() => read([["BigInt", text]])).toThrow("a BigInt in it is not made of");
    }
  });

  test("cannot be nested deeper than a value in a request may be", () => {
    const nested = (levels: number): unknown[] =>
      Array.from({ length: levels + 1 }, (_, i) => (i < levels ? [i + 1] : "x"));
    for (const levels of [DEEPEST_BODY + 1, 1_000, 100_000]) {
      expect(() => read(nested(levels))).toThrow("nested deeper than");
    }
    expect(() => read(nested(DEEPEST_BODY))).not.toThrow();
  });

  test("is refused in words that say nothing of how it is decoded", () => {
    const known = /^(it|a Buffer in it|a BigInt in it|an array in it|an error in it) [^{}[\]"'`]*$/;
    for (const body of MALFORMED) expect(() => read(body)).toThrow(known);
  });
});

test("any body is decoded, or refused, in time and memory bounded by its size", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.property(mangled, (body) => {
      const text = JSON.stringify(body);
      const before = process.memoryUsage().rss;
      const begun = process.cpuUsage();
      try {
        readable(decodeBody(JSON.parse(text), text.length));
      } catch (error) {
        expect(error).toBeInstanceOf(Malformed);
      }
      const { user } = process.cpuUsage(begun);
      expect(user / 1000).toBeLessThan(5_000);
      expect(process.memoryUsage().rss - before).toBeLessThan(500_000_000);
    }),
    { numRuns: 1_000 },
  );
});
