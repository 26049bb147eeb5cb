/** What would come back as something else is refused, and the error says where; nothing changes in silence. */
import vm from "node:vm";
import { describe, expect, test, vi } from "vitest";
import { LONGEST_BIGINT } from "../../src/core/bounds.ts";
import { SerializationError } from "../../src/core/errors.ts";
import { encode } from "../../src/core/value.ts";
import * as aModule from "./kept.ts";

const { kept } = aModule;

const hidden = (target: object, name: PropertyKey): object =>
  Object.defineProperty(target, name, { value: 1, enumerable: false });
const far = <T>(code: string): T => vm.runInNewContext(code);
const match = /(?<year>\d+)-(?<month>\d+)/.exec("2030-01") as RegExpExecArray;
const searched = /a/g;
searched.test("a");
const detachedView = new Uint8Array(8);
const { buffer: detached } = detachedView;
structuredClone(detached, { transfer: [detached] });
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

class Money {
  amount = 5;
}
class Titles extends Array<string> {}
class Prices extends Map<string, number> {}
class Tags extends Set<string> {}
class Day extends Date {}
class Pattern extends RegExp {}
class Bytes extends Uint8Array {}
class Memory extends ArrayBuffer {}
class Text extends String {}
class Address extends URL {}
class Chunk extends Buffer {}

function pathOf(value: unknown): string | undefined {
  try {
    encode({ value }, "It");
  } catch (error) {
    if (error instanceof SerializationError) return error.path;
    throw error;
  }
  return "it was kept";
}

describe("a value is refused at", () => {
  test.each<[path: string, what: string, value: unknown]>([
    [".index", "what a regular expression found", match],
    [".note", "an array with a field", Object.assign([1, 2], { note: "x" })],
    ["[Symbol(x)]", "an array with a symbol", Object.assign([1], { [Symbol("x")]: 1 })],
    [".note", "an array with a hidden field", hidden([1], "note")],
    ["", "an array of a class", Titles.from(["a"])],
    ["", "an array without its prototype", Object.setPrototypeOf([1], null)],
    ["", "a Map of a class", new Prices([["a", 1]])],
    [".note", "a Map with a field", Object.assign(new Map(), { note: "x" })],
    [".get", "a Map with a method of its own", Object.assign(new Map(), { get: () => 1 })],
    ["", "a Map with another prototype", Object.setPrototypeOf(new Map(), { get: () => 1 })],
    ["", "a Map behind a Proxy", new Proxy(new Map(), {})],
    ["", "a Set of a class", new Tags(["a"])],
    [".note", "a Set with a hidden field", hidden(new Set(), "note")],
    ["", "a Date of a class", new Day(0)],
    [".toJSON", "a Date that shows otherwise", Object.assign(new Date(0), { toJSON: () => "now" })],
    ["", "a Date behind a Proxy", new Proxy(new Date(0), {})],
    ["", "a regular expression of a class", new Pattern("a")],
    [".lastIndex", "a regular expression that has searched", searched],
    [".note", "a regular expression with a field", Object.assign(/a/, { note: "x" })],
    ["", "bytes of a class", new Bytes(2)],
    [".note", "bytes with a field", Object.assign(new Uint8Array(2), { note: "x" })],
    ["[Symbol(x)]", "numbers with a symbol", hidden(new Float64Array(2), Symbol("x"))],
    [
      ".note",
      "a DataView with a field",
      Object.assign(new DataView(new ArrayBuffer(2)), { note: 1 }),
    ],
    ["", "a Buffer of a class", Object.setPrototypeOf(Buffer.from("a"), Chunk.prototype)],
    [".note", "a Buffer with a field", Object.assign(Buffer.from("a"), { note: "x" })],
    ["", "memory of a class", new Memory(2)],
    [".note", "memory with a field", Object.assign(new ArrayBuffer(2), { note: "x" })],
    ["", "memory that was given away", detached],
    ["", "a view of memory that was given away", detachedView],
    ["", "memory that grows", Reflect.construct(ArrayBuffer, [2, { maxByteLength: 4 }])],
    ["", "a view of shared memory", new Uint8Array(new SharedArrayBuffer(2))],
    ["", "a boxed text of a class", new Text("a")],
    [".note", "a boxed text with a field", Object.assign(Object("a"), { note: "x" })],
    [
      ".valueOf",
      "a boxed number that says otherwise",
      Object.assign(Object(1), { valueOf: () => 2 }),
    ],
    ["", "a boxed symbol", Object(Symbol("x"))],
    ["", "a URL of a class", new Address("https://a.example")],
    [".note", "a URL with a field", Object.assign(new URL("https://a.example"), { note: "x" })],
    [".secret", "an object with a hidden field", hidden({ a: 1 }, "secret")],
    ["[Symbol(x)]", "an object with a symbol", { [Symbol("x")]: 1 }],
    ["[Symbol(x)]", "an object with a hidden symbol", hidden({}, Symbol("x"))],
    [".__proto__", "an object with a field named __proto__", JSON.parse('{ "__proto__": 1 }')],
    [".toJSON", "an object with a toJSON", { toJSON: () => 1 }],
    ["", "an object of a class", new Money()],
    [
      "",
      "an object of a class without a root",
      Object.create(Object.create(null, { constructor: { value: Money } })),
    ],
    ["", "an object with another one behind it", Object.create({ a: 1 })],
    ["", "an object with one without a prototype behind it", Object.create(Object.create(null))],
    ["", "what calls itself a Date", { [Symbol.toStringTag]: "Date" }],
    ["[Symbol(Symbol.toStringTag)]", "what calls itself a URL", { [Symbol.toStringTag]: "URL" }],
    [
      "",
      "a class that calls itself a Map",
      new (class {
        readonly [Symbol.toStringTag] = "Map";
      })(),
    ],
    ["[Symbol(Symbol.toStringTag)]", "a module", aModule],
    [
      ".length",
      "arguments",
      (function (..._: unknown[]) {
        // biome-ignore lint/complexity/noArguments: that is the point
        return arguments;
      })(1),
    ],
    ["", "a function", () => 1],
    ["", "a class", Money],
    ["", "a symbol", Symbol("x")],
    ["", "a promise", Promise.resolve(1)],
    // biome-ignore lint/suspicious/noThenProperty: that is the point
    [".then", "a thenable", { then() {} }],
    ["", "a generator", [1].values()],
    ["", "a weak reference", new WeakRef({})],
    ["", "a revoked Proxy", revoked],
    [
      ".b",
      "a getter that throws",
      {
        a: 1,
        get b(): number {
          throw new Error("not yet");
        },
      },
    ],
    [
      "",
      "a Proxy that throws",
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error("no");
          },
        },
      ),
    ],
    ["", "a BigInt that is too long", 10n ** BigInt(LONGEST_BIGINT)],
  ])("value%s: %s", (path, _, value) => {
    expect(pathOf(value)).toBe(`.value${path}`);
    expect(() => encode(value, "It")).toThrow(SerializationError);
  });

  test("the place where it stands, however it gets there, and not at length", () => {
    const at = (value: unknown): string | undefined => pathOf(value);
    expect(at([{ "two words": new Map([["k", [() => 1]]]) }])).toBe(
      '.value[0]["two words"].get("k")[0]',
    );
    expect(at(new Map([[{ id: 1 }, () => 1]]))).toBe(".value.get(…)");
    expect(at(new Map([[7, () => 1]]))).toBe(".value.get(7)");
    expect(at({ ["k".repeat(200_000)]: () => 1 })).toBe(`.value.${"k".repeat(50)}…`);
    expect(at(new Map([["k".repeat(200_000), () => 1]]))?.length).toBeLessThan(100);
  });

  test("a field of its own, of however many bytes, and these are not listed for it", () => {
    const bytes = new Uint8Array(200_000);
    const listed = vi.spyOn(Reflect, "ownKeys");
    const all = [bytes, Buffer.from(bytes.buffer), new Float64Array(20_000)];
    for (const each of all) encode(each, "it");
    const views = listed.mock.calls.filter(([listedOne]) => ArrayBuffer.isView(listedOne)).length;
    listed.mockRestore();
    expect(views).toBe(0);
    const text = Object.assign(Object("t".repeat(5000)), { note: 1 });
    expect(() => encode(text, "it")).toThrow(".note");
    for (const each of all) {
      const named = Object.assign(each.slice(), { [Symbol("note")]: 1 });
      expect(() => encode(named, "it")).toThrow("Symbol(note)");
      const noted = Object.assign(each.slice(), { note: 1 });
      expect(() => encode(noted, "it")).toThrow(".note");
    }
  });

  test("nothing of what it is told for holds the value itself", () => {
    const secret = { card: "4111", show() {} };
    const error: unknown = (() => {
      try {
        return encode(secret, "It");
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(JSON.stringify(error)).not.toContain("4111");
    expect(error).toHaveProperty("cause", undefined);
  });
});

describe("a value is kept as it is, though it looks unusual:", () => {
  test.each<[string, unknown]>([
    ["what a regular expression found, as plain data", { ...match, groups: match.groups }],
    ["the groups that it found", match.groups],
    ["a regular expression that will search on", /a/dgimsuy],
    ["a boxed minus zero", Object(-0)],
    ["a boxed NaN", Object(Number.NaN)],
    ["a boxed text", Object("größe")],
    ["a boxed BigInt", Object(7n)],
    ["a BigInt of just so many digits", -(10n ** BigInt(LONGEST_BIGINT) - 1n)],
    ["search parameters", new URLSearchParams("a=1&a=2&b=%20")],
    // biome-ignore lint/suspicious/noSparseArray: that is the point
    ["holes at both ends", [, 1, ,]],
    ["nothing but holes", new Array(5)],
    ["a view of a part", new Uint16Array(new ArrayBuffer(8), 2, 2)],
    ["fields named like methods", { constructor: 1, hasOwnProperty: 2, valueOf: 3 }],
    ["numbers as names", { 2: "b", 1: "a", "-1": "c", "1.5": "d", "": "e" }],
    ["nothing in it", [{}, [], new Map(), new Set(), new Uint8Array(), "", new ArrayBuffer(0)]],
  ])("%s", (_, value) => {
    expect(kept(value)).toStrictEqual(value);
  });

  test("what a getter gives is kept as a field, and it is asked once", () => {
    let asked = 0;
    const value = {
      get total() {
        asked += 1;
        return { asked };
      },
    };
    expect(kept(value)).toStrictEqual({ total: { asked: 1 } });
    expect(asked).toBe(1);
  });

  test("plain data behind a Proxy is kept as plain data", () => {
    const shown = { list: [1, 2], at: { deep: true } };
    const behind = (value: object): object =>
      new Proxy(value, {
        get: (target, key) => {
          const field: unknown = Reflect.get(target, key);
          return typeof field === "object" && field !== null ? behind(field) : field;
        },
      });
    expect(kept(behind(shown))).toStrictEqual(shown);
  });

  test("frozen data comes back with the same content", () => {
    const value = Object.freeze({ list: Object.freeze([1]) });
    expect(kept(value)).toStrictEqual(value);
  });

  test("two views of one buffer are views of one buffer again", () => {
    const memory = new ArrayBuffer(8);
    const { bytes, floats } = kept({
      bytes: new Uint8Array(memory),
      floats: new Float64Array(memory),
    });
    floats[0] = 1;
    expect(bytes[6]).toBe(0xf0);
  });

  test.each<[string, unknown]>([
    ["({ a: [1, { b: null }] })", { a: [1, { b: null }] }],
    ["[1, , 3]", [1, undefined, 3]],
    ["new Map([['a', new Set([1])]])", new Map([["a", new Set([1])]])],
    ["new Date(5)", new Date(5)],
    ["/a+/gi", /a+/gi],
    ["new Uint8Array([1, 2])", new Uint8Array([1, 2])],
    ["new BigInt64Array([1n])", new BigInt64Array([1n])],
    ["new DataView(new ArrayBuffer(3))", new DataView(new ArrayBuffer(3))],
    ["new ArrayBuffer(3)", new ArrayBuffer(3)],
    ["Object(5)", Object(5)],
    [
      "Object.create(null, { a: { value: 1, enumerable: true } })",
      Object.assign(Object.create(null), { a: 1 }),
    ],
  ])("what another realm made, as this one would: %s", (code, here) => {
    expect(kept(far(code))).toEqual(here);
  });

  test.each([
    "new (class Money { amount = 5 })()",
    "new (class Prices extends Map {})()",
    "new (class List extends Array {})()",
    "Object.create({ a: 1 })",
    "Object.assign([], { note: 1 })",
  ])("and what it made as no other would is refused: %s", (code) => {
    expect(() => encode(far(code), "It")).toThrow(SerializationError);
  });
});
