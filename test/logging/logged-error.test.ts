import { describe, expect, it } from "vitest";
import { loggedError, loggedWithoutMessage, nameAndCode } from "../../src/platform/logged-error.ts";

const SECRET = "4111-1111";

describe("an error in a log", () => {
  it("says what it says, where, and why", () => {
    const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    const error = new TypeError("no answer", { cause });
    expect(loggedError(error)).toEqual({
      name: "TypeError",
      message: "no answer",
      stack: error.stack,
      cause: { name: "Error", code: "ECONNREFUSED", message: "refused", stack: cause.stack },
    });
  });

  it.each([
    ["a text", "out of paper", "out of paper"],
    ["nothing", undefined, "undefined"],
    ["what has no text", Object.create(null), "[object Object]"],
  ])("may be %s", (_, thrown, message) => {
    expect(loggedError(thrown)).toEqual({ name: "Error", message });
    expect(loggedWithoutMessage(thrown)).toEqual({ name: "Error" });
  });

  it("without its message says only what it is and where it was thrown", () => {
    const error = Object.assign(new RangeError(`card ${SECRET}\n    at ${SECRET} (x.ts:1:1)`), {
      code: 14,
    });
    const logged = loggedWithoutMessage(error);
    expect(logged).toEqual({ name: "RangeError", code: 14, stack: expect.any(String) });
    expect(logged.stack).toContain("logged-error.test.ts");
    expect(JSON.stringify(logged)).not.toContain(SECRET);
    error.message = "changed";
    expect(loggedWithoutMessage(error).stack).not.toContain("card");
  });

  it("is described whatever its fields do", () => {
    const error = new Error(SECRET);
    for (const field of ["stack", "name", "code", "message", "cause"]) {
      Object.defineProperty(error, field, {
        get() {
          throw new Error("no");
        },
      });
    }
    expect(loggedError(error)).toEqual({ name: "Error", message: "" });
    expect(loggedWithoutMessage(error)).toEqual({ name: "Error" });
    expect(nameAndCode(Object.assign(new Error(), { name: 5, code: {} }))).toEqual({
      name: "Error",
    });
  });
});
