import vm from "node:vm";
import { describe, expect, test } from "vitest";
import { ERROR_KINDS } from "../../src/core/errors.ts";
import { decode, encodeError, sizeOf } from "../../src/core/value.ts";
import { CancellationError, FatalError, isCancellation } from "../../src/index.ts";
import { kept } from "./kept.ts";

/** As `encodeError` keeps it. */
function reported(error: Error): Error {
  const copy = decode(JSON.parse(JSON.stringify(encodeError(error))));
  expect(copy).toBeInstanceOf(Error);
  return copy as Error;
}

/** What it says, and where it was made: without the frames of the test runner. */
function framesOf(error: Error): string {
  const lines = error.stack?.split("\n") ?? [];
  return lines.filter((line) => !/node_modules|<anonymous>|node:/.test(line)).join("\n");
}

describe("an error comes back from the log", () => {
  test("with its name, message, stack, cause and own fields", () => {
    const cause = new RangeError("no such shelf");
    const error = Object.assign(new TypeError("cannot reserve", { cause }), {
      orderId: 7n,
      at: new Date(0),
      tags: new Set(["a"]),
    });
    const copy = kept(error);
    expect(copy).toMatchObject({
      name: "TypeError",
      message: "cannot reserve",
      stack: framesOf(error),
      orderId: 7n,
      at: new Date(0),
      tags: new Set(["a"]),
      cause: { name: "RangeError", message: "no such shelf", stack: framesOf(cause) },
    });
    expect(copy.cause).toBeInstanceOf(Error);
    expect(String(copy)).toBe("TypeError: cannot reserve");
  });

  test.each([EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError])(
    "as an instance of $name if it was one",
    (Kind) => {
      class Own extends Kind {}
      const copy = kept(new Kind("no"));
      expect(copy).toBeInstanceOf(Kind);
      expect(copy.constructor).toBe(Kind);
      expect(Object.keys(copy)).toEqual([]);
      const own = kept(Object.assign(new Own("no"), { name: "Own" }));
      expect(own).toBeInstanceOf(Kind);
      expect(own).toMatchObject({ name: "Own", message: "no" });
    },
  );

  test("without a stack if it had none, and not with that of its revival", () => {
    const error = new Error("no");
    delete error.stack;
    expect(kept(error)).not.toHaveProperty("stack");
    expect(kept(new Error("outer", { cause: error })).cause).not.toHaveProperty("stack");
  });

  test("with the fields that are undefined", () => {
    expect(Object.entries(kept(Object.assign(new Error("no"), { thrown: undefined })))).toEqual([
      ["thrown", undefined],
    ]);
  });

  test("with its own fields enumerable, and nothing else", () => {
    const error = Object.assign(new TypeError("no", { cause: 1 }), { orderId: 7 });
    expect(Object.keys(kept(error))).toEqual(["orderId"]);
    expect(Object.keys(kept(new AggregateError([1], "many", { cause: 2 })))).toEqual([]);
  });

  test("with a name of its own if it has one", () => {
    class OutOfStock extends Error {
      override name = "OutOfStock";
    }
    expect(kept(new OutOfStock("none left"))).toMatchObject({ name: "OutOfStock" });
    expect(kept(new DOMException("stopped", "AbortError"))).toMatchObject({ name: "AbortError" });
  });

  test.each([undefined, null, 0, "", "text", 5n, { code: 1 }])("with %s as its cause", (cause) => {
    const copy = kept(new Error("no", { cause }));
    expect(copy.cause).toStrictEqual(cause);
  });

  test("with everything in an AggregateError", () => {
    const errors = [new TypeError("a"), "b", new AggregateError([new Error("d")], "c")];
    const copy = kept(new AggregateError(errors, "many", { cause: new Error("why") }));
    expect(copy).toBeInstanceOf(AggregateError);
    expect(copy).toMatchObject({
      name: "AggregateError",
      message: "many",
      cause: { message: "why" },
      errors: [{ name: "TypeError", message: "a" }, "b", { errors: [{ message: "d" }] }],
    });
  });

  test("with a field named errors, as many validators have", () => {
    const errors = { name: [{ message: "too short" }] };
    expect(kept(Object.assign(new Error("invalid"), { errors }))).toMatchObject({ errors });
    const listed = Object.assign(new AggregateError([]), { errors: [new Error("a")] });
    expect(kept(listed).errors).toMatchObject([{ message: "a" }]);
  });

  test("with its cycles", () => {
    const error = new AggregateError([], "round") as AggregateError & { again?: unknown };
    const inner = new Error("inner", { cause: error });
    error.errors.push(inner, error);
    error.again = { error, inner };
    const copy = kept(error) as typeof error;
    expect(copy.errors[1]).toBe(copy);
    expect(copy.errors[0].cause).toBe(copy);
    expect(copy.again).toStrictEqual({ error: copy, inner: copy.errors[0] });
    expect([copy.message, copy.errors[0].message]).toEqual(["round", "inner"]);
  });

  test("as one error, where it stood in several places", () => {
    const error = new Error("shared");
    const copy = kept({ error, list: [error], wrapped: new Error("outer", { cause: error }) });
    expect(copy.list[0]).toBe(copy.error);
    expect(copy.wrapped.cause).toBe(copy.error);
  });

  test("also when it was made in another realm", () => {
    const error: Error = vm.runInNewContext('Object.assign(new RangeError("far"), { miles: 9 })');
    expect(error).not.toBeInstanceOf(Error);
    expect(kept(error)).toBeInstanceOf(Error);
    expect(kept(error)).toMatchObject({ name: "RangeError", message: "far", miles: 9 });
  });

  test("without the fields that cannot be kept, and the rest of it whole", () => {
    const error = Object.assign(new Error("declined"), {
      code: 402,
      response: { json() {} },
      socket: new (class Socket {})(),
      symbol: Symbol("x"),
      nested: new Error("inner", { cause: () => 1 }),
    });
    const copy = reported(error);
    expect(Object.keys(copy)).toEqual(["code", "nested"]);
    expect(copy).toMatchObject({ code: 402, nested: { message: "inner" } });
  });

  test("with what cannot be kept of its causes and errors as text", () => {
    const many = new AggregateError([() => 1, new Error("real")], "many", { cause: Symbol("why") });
    expect(reported(many)).toMatchObject({
      cause: "Symbol(why)",
      errors: [expect.stringContaining("=>"), { message: "real" }],
    });
  });

  test("without a __proto__ field", () => {
    const error = new Error("sly");
    Object.defineProperty(error, "__proto__", { value: { admin: true }, enumerable: true });
    const copy = reported(error);
    expect(Object.hasOwn(copy, "__proto__")).toBe(false);
    expect(Reflect.get(copy, "admin")).toBeUndefined();
  });
});

describe("an error of this package comes back", () => {
  test.each(Object.entries(ERROR_KINDS))("as the %s it was", (kind, made) => {
    const error: Error = Reflect.construct(Error, ["gone"], made);
    const copy = kept(Object.assign(error, { code: `code.of.${kind}` }));
    expect(copy).toBeInstanceOf(made);
    expect(copy).toMatchObject({ name: kind, message: "gone", code: `code.of.${kind}` });
  });

  test("with its details", () => {
    const requestedAt = new Date(5);
    const error = new CancellationError({ reason: "why", requestedBy: "alice", requestedAt });
    const copy = kept(new Error("outer", { cause: error })).cause as CancellationError;
    expect(copy).toBeInstanceOf(CancellationError);
    expect(copy).toMatchObject({ reason: "why", requestedBy: "alice", requestedAt });
  });

  test("as its kind when it is of a user's own subclass", () => {
    class CardDeclined extends FatalError {
      override name = "CardDeclined";
      readonly card = "1234";
    }
    const copy = kept(new CardDeclined("declined"));
    expect(copy).toBeInstanceOf(FatalError);
    expect(copy).toMatchObject({ name: "CardDeclined", card: "1234", code: "step.fatal" });
  });

  test("as an Error of that name when this version does not know its kind", () => {
    const text = JSON.stringify(encodeError(new FatalError("no"))).replaceAll(
      "FatalError",
      "Newer",
    );
    const copy = decode(JSON.parse(text));
    expect(copy).toBeInstanceOf(Error);
    expect(copy).toMatchObject({ name: "Newer", message: "no", code: "step.fatal" });
  });
});

describe("the report of an error never fails", () => {
  const getter = (name: string): Error =>
    Object.defineProperty(new Error("odd"), name, {
      enumerable: true,
      get() {
        throw new Error(`no ${name}`);
      },
    });

  test.each(["details", "name", "message", "stack", "cause"])(
    "when its %s is a getter that throws",
    (name) => {
      expect(reported(getter(name))).toBeInstanceOf(Error);
    },
  );

  test("when its cause cannot even be shown as text", () => {
    const cause = Object.assign(() => 1, {
      toString() {
        throw new Error("no text");
      },
    });
    expect(reported(new Error("odd", { cause }))).toMatchObject({ message: "odd" });
    expect(reported(new AggregateError([cause], "odd"))).toMatchObject({ message: "odd" });
  });

  test("when its name and message are no texts", () => {
    const error = Object.assign(new Error("odd"), { name: 5, message: { no: "text" } });
    expect(reported(error)).toMatchObject({ name: "Error", message: "" });
  });

  test("when it is frozen", () => {
    expect(reported(Object.freeze(new Error("cold")))).toMatchObject({ message: "cold" });
  });

  test("when one of its fields is huge: then that is left out, and the rest of it whole", () => {
    const cause = new FatalError("no card");
    const error = Object.assign(new Error("no", { cause }), { body: "z".repeat(1_000_000), id: 7 });
    const copy = reported(error);
    expect(copy).toMatchObject({ message: "no", stack: framesOf(error), id: 7 });
    expect(copy).not.toHaveProperty("body");
    expect(copy.cause).toBeInstanceOf(FatalError);
  });

  test("when it is huge: then name and the start of its message are kept", () => {
    const error = Object.assign(new TypeError("x".repeat(1_000_000)), {
      body: "y".repeat(1_000_000),
      stack: "z".repeat(1_000_000),
    });
    expect(sizeOf(encodeError(error))).toBeLessThanOrEqual(64 * 1024);
    expect(reported(error)).toMatchObject({
      name: "TypeError",
      message: expect.stringMatching(/^x{1000,}$/),
    });
    expect(reported(error)).toBeInstanceOf(TypeError);
  });

  test("when it is a huge one of this package: it is still known for what it is", () => {
    const error = Object.assign(new CancellationError(), { body: "y".repeat(1_000_000) });
    expect(isCancellation(reported(error))).toBe(true);
    expect(reported(error)).toMatchObject({ code: "run.cancelled" });
  });

  test("when it has countless causes, and it takes no time", { timeout: 2_000 }, () => {
    let error = new Error("the first");
    for (let depth = 0; depth < 1_000; depth++) error = new Error("again", { cause: error });
    expect(sizeOf(encodeError(error))).toBeLessThanOrEqual(64 * 1024);
    expect(reported(error)).toMatchObject({ message: "again" });
  });

  test("when its causes spread out without end, and it takes no time", { timeout: 5_000 }, () => {
    let error = new Error("the first");
    for (let depth = 0; depth < 40; depth++) {
      error = new AggregateError([error, error], "again", { cause: error });
    }
    expect(reported(error)).toMatchObject({ message: "again" });
  });
});
