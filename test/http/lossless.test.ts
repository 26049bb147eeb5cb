import { describe, expect, test } from "vitest";
import { type Encoded, encode } from "../../src/core/value.ts";
import { decodeBody } from "../../src/http/lossless.ts";

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

  test.each<[unknown]>([
    [null],
    ["text"],
    [{}],
    [[]],
    [5],
    [-8],
    [1.5],
    [[["Error", 0]]],
    [[["Error", 1], null]],
    [[["Error", "x"]]],
    [[["Unknown", 1], "x"]],
    [[["null", "__proto__", 1], "x"]],
    [[["URL", "nowhere"]]],
    [[["BigInt", "many"]]],
    [[["RegExp", "(", ""]]],
    [[["Uint8Array", 0]]],
    [[["Object", 1], { a: 0 }]],
    [JSON.parse('[{ "__proto__": 1 }, { "admin": true }]')],
  ])("is refused when it is %j", (body) => {
    expect(() => read(body)).toThrow();
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

  test("cannot be nested deeper than can be read", () => {
    const body = Array.from({ length: 100_000 }, (_, i) => (i < 99_999 ? [i + 1] : "x"));
    expect(() => read(body)).toThrow();
  });
});
