/** Whatever code throws is reported: in bounded room, and without a throw of its own. */
import vm from "node:vm";
import { describe, expect, test } from "vitest";
import { asError, FatalError, isCancellationOf } from "../../src/core/errors.ts";
import { decode, encodeError, sizeOf } from "../../src/core/value.ts";
import { CancellationError } from "../../src/index.ts";

const LIMIT = 64 * 1024;

/** As a log keeps what was thrown. */
function reported(thrown: unknown): Error & Record<string, unknown> {
  const encoded = encodeError(asError(thrown, "It"));
  expect(sizeOf(encoded)).toBeLessThanOrEqual(LIMIT);
  const copy = decode(JSON.parse(JSON.stringify(encoded)));
  expect(copy).toBeInstanceOf(Error);
  return copy as Error & Record<string, unknown>;
}

const refuse = (): never => {
  throw new Error("no");
};
const traps = [
  "get",
  "getPrototypeOf",
  "getOwnPropertyDescriptor",
  "ownKeys",
  "has",
  "isExtensible",
] as const;
const angry = (target: object): object =>
  new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, refuse])));
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const endless = new Proxy([], {
  get: (_, key) => (key === "length" ? 2 ** 32 - 1 : "x"),
  has: () => true,
  getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }),
});

describe("what is thrown is reported, though it is", () => {
  test.each<[string, unknown]>([
    ["a revoked Proxy", revoked],
    ["a Proxy that throws at every touch", angry({})],
    ["an error behind such a Proxy", angry(new Error("x"))],
    ["a function behind such a Proxy", angry(() => 1)],
    ["a list behind such a Proxy", angry([])],
    ["an object that has no text", { toString: refuse, constructor: undefined }],
    ["an object that lies of its class", { constructor: { name: {} } }],
    ["a symbol", Symbol("x")],
    ["a list without end", endless],
    ["a very long text", "x".repeat(50_000_000)],
    ["a very long number", 10n ** 100_000n],
    ["nothing", undefined],
  ])("%s", (_, thrown) => {
    const copy = reported(thrown);
    expect(copy.message.length).toBeLessThan(1_000);
    expect(String(copy)).toContain("Error: ");
  });

  test.each(traps)("an error behind a Proxy whose %s throws", (trap) => {
    const thrown = new Proxy(new FatalError("no card"), { [trap]: refuse });
    expect(reported(thrown)).toBeInstanceOf(Error);
  });

  test.each(["name", "message", "stack", "cause", "code", "errors", "toString", "detail"])(
    "an error whose %s is anything",
    (name) => {
      const whatever = [
        revoked,
        angry({}),
        angry(new Error("x")),
        endless,
        () => 1,
        Symbol("x"),
        1n,
      ];
      for (const value of [...whatever, undefined, null, {}, [], "x".repeat(1_000_000)]) {
        for (const enumerable of [true, false]) {
          const thrown = new RangeError("odd");
          Object.defineProperty(thrown, name, { value, enumerable });
          Object.defineProperty(thrown, "id", { value: 7, enumerable: true });
          const copy = reported(thrown);
          expect(copy).toBeInstanceOf(RangeError);
          expect(copy["id"]).toBe(7);
        }
      }
      const thrown = Object.defineProperty(new RangeError("odd"), name, {
        get: refuse,
        enumerable: true,
      });
      expect(reported(thrown)).toBeInstanceOf(RangeError);
    },
  );

  test("an error that changes each time it is looked at", () => {
    let looks = 0;
    const thrown = new Proxy(new Error("x"), {
      get: (target, key) => {
        looks += 1;
        return key === "message" ? "x".repeat(2 ** (looks % 20)) : Reflect.get(target, key);
      },
    });
    for (let times = 0; times < 15; times++) expect(reported(thrown)).toBeInstanceOf(Error);
  });
});

describe("of an error that is too large, the first and most important is kept:", () => {
  test("of a message of 50 MB the start, and the frames of where it was thrown", () => {
    const copy = reported(new TypeError("x".repeat(50_000_000)));
    expect(copy).toBeInstanceOf(TypeError);
    expect(copy.message).toMatch(/^x{10000,}$/);
    expect(copy.stack).toMatch(/^TypeError: x+\n {4}at .*hostile-errors\.test\.ts:\d+:\d+/);
  });

  test("of a name, a code, a stack or the name of a field of 50 MB the start, or nothing", () => {
    const long = "x".repeat(50_000_000);
    const thrown = Object.assign(new Error("no"), {
      name: long,
      code: long,
      stack: long,
      [long]: 1,
      id: 7,
    });
    expect(reported(thrown)).toMatchObject({ name: "x".repeat(200), message: "no", id: 7 });
  });

  test("of texts that take more in JSON than they have characters, what fits", () => {
    for (const character of ["\u0000", "\ud800", "€", '"', "🧵"]) {
      const text = character.repeat(1_000_000);
      const thrown = new FatalError(text, { cause: new Error(text, { cause: new Error(text) }) });
      const copy = reported(Object.assign(thrown, { name: text, code: text, id: 7 }));
      expect(copy).toBeInstanceOf(FatalError);
      expect(copy.message.startsWith(character.repeat(50))).toBe(true);
    }
  });

  test("of an AggregateError of a million errors the first, and how many more there were", () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const errors = Array.from({ length: 1_000_000 }, (_, id) =>
      Object.assign(new Error("no"), { id }),
    );
    Error.stackTraceLimit = stackTraceLimit;
    const copy = reported(new AggregateError(errors, "many", { cause: new FatalError("first") }));
    const kept = copy["errors"] as unknown[];
    expect(copy).toBeInstanceOf(AggregateError);
    expect(copy).toMatchObject({ message: "many", cause: { code: "step.fatal" } });
    expect(kept.slice(0, 10)).toMatchObject(errors.slice(0, 10).map(({ id }) => ({ id })));
    expect(kept.at(-1)).toBe(`… and ${1_000_000 - kept.length + 1} more`);
  });

  test("of countless fields those that fit, and the rest of it whole", () => {
    const fields = Object.fromEntries(Array.from({ length: 100_000 }, (_, id) => [`f${id}`, id]));
    const copy = reported(Object.assign(new FatalError("no", { cause: new Error("why") }), fields));
    expect(copy).toMatchObject({ message: "no", f0: 0, f99: 99, cause: { message: "why" } });
    expect(copy).toBeInstanceOf(FatalError);
  });

  test("of a field with a million errors nothing, and the rest of it whole", () => {
    const failures = Array(1_000_000)
      .fill(0)
      .map((_, id) => Object.create(Error.prototype, { id: { value: id } }));
    const copy = reported(Object.assign(new Error("many", { cause: "why" }), { failures, id: 7 }));
    expect(copy).toMatchObject({ message: "many", cause: "why", id: 7 });
    expect(copy).not.toHaveProperty("failures");
  });

  test("of causes that are all large, each by its name and the start of its message", () => {
    let thrown = new CancellationError({ reason: "enough", runId: "run_1" }) as Error;
    for (let times = 0; times < 30; times++) {
      thrown = Object.assign(new Error("y".repeat(100_000), { cause: thrown }), {
        body: thrown.message,
      });
    }
    const copy = reported(thrown);
    expect(isCancellationOf("run_1", copy)).toBe(true);
    let depth = 0;
    for (let at: unknown = copy; at instanceof Error; at = at.cause) depth += 1;
    expect(depth).toBe(31);
  });

  test("of an error that is its own cause, field and part, all of it", () => {
    const thrown = new AggregateError([], "round") as AggregateError & { self?: unknown };
    thrown.cause = thrown;
    thrown.errors.push(thrown, new Error("in", { cause: thrown }));
    thrown.self = { thrown };
    const copy = reported(thrown);
    expect(copy.cause).toBe(copy);
    expect(copy["self"]).toStrictEqual({ thrown: copy });
  });

  test("of one of another realm as much as of one of this", () => {
    const far = vm.runInNewContext(`
      Object.assign(new AggregateError([new RangeError("a")], "many", {
        cause: Object.assign(new TypeError("why"), { code: "ENOENT" }),
      }), { id: 7, tags: new Set(["x"]) })`);
    const copy = reported(far);
    expect(copy).toBeInstanceOf(AggregateError);
    expect(copy).toMatchObject({
      name: "AggregateError",
      message: "many",
      id: 7,
      tags: new Set(["x"]),
      cause: { name: "TypeError", code: "ENOENT" },
      errors: [{ name: "RangeError", message: "a" }],
    });
    expect(copy.cause).toBeInstanceOf(TypeError);
    expect((copy["errors"] as unknown[])[0]).toBeInstanceOf(RangeError);
    expect(copy.stack).toContain("Error: many");
  });

  test("its code, wherever its class declares it", () => {
    class Declined extends Error {
      get code(): string {
        return "card.declined";
      }
    }
    expect(reported(new Error("no", { cause: new Declined("no") })).cause).toMatchObject({
      code: "card.declined",
    });
  });
});
