import { describe, expect, test } from "vitest";
import { SerializationError } from "../../src/core/errors.ts";
import { decode, encode, sizeOf } from "../../src/core/value.ts";
import { kept } from "./kept.ts";

class Money {
  amount = 5;
}

describe("a value comes back from the log as it was:", () => {
  test.each<[string, unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["a boolean", false],
    ["a number", 12.5],
    ["zero", 0],
    ["minus zero", -0],
    ["NaN", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
    ["minus infinity", Number.NEGATIVE_INFINITY],
    ["the smallest number", Number.MIN_VALUE],
    ["a text", "größe 🧵 \u2028 \u0000"],
    ["half a surrogate pair", "\ud83e"],
    ["an empty text", ""],
    ["a BigInt", -(2n ** 70n)],
    ["a Date", new Date("2030-01-01T00:00:00.123Z")],
    ["an invalid Date", new Date(Number.NaN)],
    ["a regular expression", /a+b/giu],
    ["a URL", new URL("https://example.com/a?b=c#d")],
    ["an object", { a: 1, "b c": { d: [true, null, undefined] } }],
    ["an object with fields named like methods", { toString: 1, constructor: 2, length: 3 }],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 })],
    ["an empty object", {}],
    ["an array", [1, "two", [3]]],
    ["an empty array", []],
    // biome-ignore lint/suspicious/noSparseArray: that is the point
    ["an array with holes", [1, , undefined, , 5]],
    [
      "a Map",
      new Map<unknown, unknown>([
        ["a", 1],
        [{ b: 2 }, new Map([[undefined, null]])],
      ]),
    ],
    ["a Set", new Set<unknown>([1, "1", new Set([-0]), { a: new Date(0) }])],
    ["bytes", new Uint8Array([0, 127, 255])],
    ["a Buffer", Buffer.from("größe")],
    ["a Buffer within", { body: [Buffer.alloc(0), Buffer.from([255, 0]).subarray(1)] }],
    ["clamped bytes", new Uint8ClampedArray([1, 2])],
    ["signed integers", new Int32Array([-1, 2 ** 31 - 1])],
    ["floats", new Float64Array([1.5, Number.NaN, -0, Number.POSITIVE_INFINITY])],
    ["big integers", new BigInt64Array([-1n, 2n ** 62n])],
    ["a buffer", new Uint8Array([1, 2, 3]).buffer],
    ["a view", new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)],
  ])("%s", (_, value) => {
    expect(kept(value)).toStrictEqual(value);
  });

  test("a huge array with one element takes little room", () => {
    const value: number[] = [];
    value[100_000_000] = 1;
    expect(sizeOf(encode(value, "a value"))).toBeLessThan(200);
    expect(kept(value)).toHaveLength(100_000_001);
  });

  test("objects that stand in two places are one object", () => {
    const shared = { at: new Date(0) };
    const { a, b, c } = kept({ a: shared, b: [shared], c: new Map([[shared, shared]]) });
    expect(b[0]).toBe(a);
    expect(c.get(a)).toBe(a);
  });

  test("values that contain themselves do so again", () => {
    interface Ring {
      self?: Ring;
      list: unknown[];
      map: Map<unknown, unknown>;
      set: Set<unknown>;
    }
    const ring: Ring = { list: [], map: new Map(), set: new Set() };
    ring.self = ring;
    ring.list.push(ring.list, ring);
    ring.map.set(ring.map, ring);
    ring.set.add(ring.set).add(ring);
    const copy = kept(ring);
    expect(copy.self).toBe(copy);
    expect(copy.list).toEqual([copy.list, copy]);
    expect(copy.map.get(copy.map)).toBe(copy);
    expect([...copy.set]).toEqual([copy.set, copy]);
  });

  test("a slice of a Buffer brings just its own bytes", () => {
    const pool = Buffer.alloc(4096, "secret");
    pool.write("order", 1000);
    const copy = kept(pool.subarray(1000, 1005));
    expect(Buffer.from(copy).toString()).toBe("order");
    expect(copy.buffer.byteLength).toBe(5);
    expect(JSON.stringify(encode(pool.subarray(1000, 1005), "a slice")).length).toBeLessThan(100);
  });

  test("a slice of integers brings just its own", () => {
    const copy = kept(new Int16Array([1, -2, 3, 4]).subarray(1, 3));
    expect(copy).toStrictEqual(new Int16Array([-2, 3]));
    expect(copy.buffer.byteLength).toBe(4);
  });

  test("it is a copy that shares nothing with the value or the log", () => {
    const value = { list: [{ a: 1 }], bytes: new Uint8Array([1]) };
    const encoded = encode(value, "a value");
    const first = decode(encoded) as typeof value;
    first.list[0] = { a: 2 };
    first.bytes[0] = 9;
    value.list.length = 0;
    expect(decode(encoded)).toStrictEqual({ list: [{ a: 1 }], bytes: new Uint8Array([1]) });
  });
});

describe("a value that cannot be kept is refused whole, and the error says where:", () => {
  test.each<[string, unknown, string | undefined]>([
    ["a function", () => 1, undefined],
    ["a function in an object", { order: { callback() {} } }, ".order.callback"],
    ["a symbol", { list: [1, Symbol("x")] }, ".list[1]"],
    ["a class instance", { total: new Money() }, ".total"],
    ["a class instance in a Map", { m: new Map([["k", new Money()]]) }, '.m.get("k")'],
    ["a class instance in a Set", new Set([new Money()]), undefined],
    ["a key that is a symbol", { [Symbol("x")]: 1 }, "[Symbol(x)]"],
    ["a promise", { later: Promise.resolve(1) }, ".later"],
    ["a WeakMap", new WeakMap(), undefined],
    ["shared memory", { bytes: new SharedArrayBuffer(2) }, ".bytes"],
    ["a generator", { values: [1].values() }, ".values"],
  ])("%s", (_, value, path) => {
    const attempt = (): unknown => encode(value, 'The input of workflow "order"');
    expect(attempt).toThrow(SerializationError);
    expect(attempt).toThrow(
      expect.objectContaining({
        code: "value.notSerializable",
        message: expect.stringMatching(/^The input of workflow "order" cannot be kept.*Use plain/),
      }),
    );
    expect(pathOf(attempt)).toBe(path);
  });

  test("a getter that throws", () => {
    const value = {
      get total(): number {
        throw new Error("not yet");
      },
    };
    expect(() => encode(value, "a value")).toThrow(SerializationError);
    expect(() => encode(value, "a value")).toThrow("not yet");
  });
});

test('keys named "__proto__" never reach a prototype', () => {
  const value: unknown = JSON.parse('{"__proto__": {"admin": true}, "list": [{"__proto__": 1}]}');
  try {
    const copy = kept(value) as object;
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(copy).toStrictEqual(value);
  } catch (error) {
    expect(error).toBeInstanceOf(SerializationError);
  }
  expect(Reflect.get({}, "admin")).toBeUndefined();
});

test("the size of a value is its bytes as text", () => {
  expect(sizeOf("größe")).toBe(Buffer.byteLength('"größe"'));
});

function pathOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
  } catch (error) {
    if (error instanceof SerializationError) return error.path;
  }
  return undefined;
}
