import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonLine } from "../../src/platform/json-line.ts";

const LONGEST = 32_000;

const shown = (value: unknown): unknown => JSON.parse(jsonLine({ value })).value;

describe("a line of JSON", () => {
  it.each<[string, unknown, unknown]>([
    ["text", 'a "b"\n', 'a "b"\n'],
    ["numbers", [1, -0.5], [1, -0.5]],
    ["numbers that JSON lacks", [Number.NaN, Number.POSITIVE_INFINITY], ["NaN", "Infinity"]],
    ["nothing in a list", [undefined, null], [null, null]],
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["a date that is none", new Date(Number.NaN), null],
    ["a BigInt", 2n ** 70n, "1180591620717411303424"],
    ["a map", new Map([["a", new Set([1])]]), [["a", [1]]]],
    ["bytes", new Uint8Array(12), "[Uint8Array of 12 bytes]"],
    ["a buffer", new ArrayBuffer(3), "[ArrayBuffer of 3 bytes]"],
    ["what has a JSON form of its own", new URL("https://example.com"), "https://example.com/"],
    ["a function and a symbol", [() => {}, Symbol("s")], ["[function]", "[symbol]"]],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ["a field called __proto__", JSON.parse('{"__proto__":{"a":1}}'), { ["__proto__"]: { a: 1 } }],
  ])("shows %s (J2)", (_, value, expected) => {
    expect(JSON.stringify(shown(value))).toBe(JSON.stringify(expected));
  });

  it("leaves out what is undefined", () => {
    expect(jsonLine({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it("shows an error by name, code, message, stack and cause, and nothing else (J2)", () => {
    class CardError extends Error {
      override name = "CardError";
      code = "card.declined";
      number = "4111";
    }
    const error = new CardError("declined", { cause: new TypeError("no route") });
    expect(shown(error)).toEqual({
      name: "CardError",
      code: "card.declined",
      message: "declined",
      stack: error.stack,
      cause: { name: "TypeError", message: "no route", stack: (error.cause as Error).stack },
    });
    expect(shown([new Error()])).toMatchObject([{ name: "Error", message: "" }]);
  });

  it("names a cycle where it closes, and shows what is only repeated (J2)", () => {
    const order: Record<string, unknown> = { id: 1 };
    order["self"] = order;
    const item = { sku: "a" };
    expect(shown([order, item, item])).toEqual([{ id: 1, self: "[cyclic]" }, item, item]);
    const loop = new Error("again");
    loop.cause = loop;
    expect(JSON.stringify(shown(loop)).match(/again/g)?.length).toBeLessThan(12);
  });

  it("does not throw for what cannot be looked at (J1)", () => {
    const hostile = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error("no");
        },
      },
    );
    const getter = {
      ok: 1,
      get broken() {
        throw new Error("no");
      },
    };
    const speaking = {
      toJSON() {
        throw new Error("no");
      },
    };
    const error = Object.defineProperty(new Error("x"), "message", {
      get() {
        throw new Error("no");
      },
    });
    expect(shown([hostile, getter, speaking])).toEqual([
      "[unreadable]",
      { ok: 1, broken: "[unreadable]" },
      "[unreadable]",
    ]);
    expect(shown(error)).toMatchObject({ name: "Error", message: "" });
  });

  it.each<[string, unknown]>([
    ["long texts", { a: "x".repeat(100_000), b: "y".repeat(100_000) }],
    ["long lists", Array.from({ length: 100_000 }, (_, n) => n)],
    ["many fields", Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key${n}`, n]))],
    ["many texts", Array.from({ length: 150 }, () => "z".repeat(5_000))],
    ["what is long when it is escaped", "\u0000".repeat(30_000)],
    ["lists in lists", Array.from({ length: 150 }, () => Array.from({ length: 150 }, () => "ab"))],
    ["names that are too long", { ["n".repeat(50_000)]: 1 }],
  ])("cuts %s, and shows that it did (J1)", (_, value) => {
    const line = jsonLine({ message: "kept", value });
    expect(line.length).toBeLessThanOrEqual(LONGEST);
    expect(line).toContain("…");
    expect(JSON.parse(line)).toMatchObject({ message: "kept" });
  });

  it("cuts what is too deep (J1)", () => {
    let deep: unknown = "end";
    for (let level = 0; level < 10_000; level += 1) deep = { deep };
    const line = jsonLine({ deep });
    expect(line).toContain("[…]");
    expect(line).not.toContain("end");
  });

  it("is one line, never throws and is never too long, whatever it is given (J1)", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      maxDepth: 5,
    });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anything), (fields) => {
        const line = jsonLine(fields);
        expect(line.length).toBeLessThanOrEqual(LONGEST);
        expect(line).not.toContain("\n");
        expect(typeof JSON.parse(line)).toBe("object");
      }),
      { numRuns: 300 },
    );
  });
});
