import vm from "node:vm";
import { describe, expect, test } from "vitest";
import { asError, FatalError } from "../../src/core/errors.ts";
import { isError, messageOf, textOf } from "../../src/core/thrown.ts";

const far = (code: string): unknown => vm.runInNewContext(code);
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const angry = new Proxy(new Error("angry"), {
  getPrototypeOf() {
    throw new Error("no");
  },
  get() {
    throw new Error("no");
  },
});

describe("an error is", () => {
  test.each<[string, unknown]>([
    ["an Error", new Error("x")],
    ["a TypeError", new TypeError("x")],
    ["one of this package", new FatalError("x")],
    ["one of a user's own class", new (class Mine extends Error {})("x")],
    [
      "one that calls itself something else",
      new (class extends Error {
        get [Symbol.toStringTag]() {
          return "Mine";
        }
      })("x"),
    ],
    [
      "one made on the prototype of Error",
      Object.create(Error.prototype, { message: { value: "x" } }),
    ],
    ["a DOMException", new DOMException("x")],
    ["an Error behind a Proxy", new Proxy(new Error("x"), {})],
    ["an Error of another realm", far('new RangeError("x")')],
    ["an AggregateError of another realm", far('new AggregateError([], "x")')],
    [
      "one of a class of another realm",
      far('new (class Mine extends Error { get [Symbol.toStringTag]() { return "Mine" } })("x")'),
    ],
  ])("%s", (_, value) => {
    expect(isError(value)).toBe(true);
    expect(messageOf(value)).toBe("x");
    expect(asError(value, "It")).toBe(value);
  });

  test.each<[string, unknown]>([
    ["a text", "x"],
    ["nothing", undefined],
    ["null", null],
    ["an object with a message", { name: "Error", message: "x" }],
    ["a function", Error],
    ["a prototype of nothing", Object.create(null)],
    ["a revoked Proxy", revoked],
  ])("not %s", (_, value) => {
    expect(isError(value)).toBe(false);
    const error = asError(value, "It");
    expect(error).toMatchObject({ code: "step.threwNonError" });
    expect(Object.is(Reflect.get(error, "thrown"), value)).toBe(true);
  });

  test("nothing that refuses to be looked at, and asking is safe", () => {
    expect(isError(angry)).toBe(false);
    expect(asError(angry, "It").message).toBe(
      "It threw an object of type Object, which is not an Error. Throw an Error, so that it has a message and a stack.",
    );
    expect([textOf(revoked), messageOf(revoked)]).toEqual(
      Array(2).fill("(a value without a text)"),
    );
    expect(textOf(Object.create(null))).toBe("[object Object]");
  });
});
