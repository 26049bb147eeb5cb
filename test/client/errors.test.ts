import { describe, expect, test } from "vitest";
import { DetentError, ERROR_KINDS } from "../../src/core/errors.ts";
import { ClientError } from "../../src/http/client/index.ts";
import { reviveError } from "../../src/http/client/revive-error.ts";
import { ERROR_STATUS } from "../../src/http/index.ts";

/** What only HTTP can get wrong has no kind of its own. */
const OF_HTTP =
  /^(token|signature|host|origin|route|method|body|server)\.|^turn\.(failed|misdirected)$/;

describe("an error that was sent", () => {
  test.each(Object.entries(ERROR_STATUS).filter(([code]) => !OF_HTTP.test(code)))(
    "with the code %s is of its kind again",
    (code, status) => {
      const error = reviveError({ code, message: "as it was" }, status);
      expect(error).toMatchObject({ code, message: "as it was" });
      expect(error).toBeInstanceOf(DetentError);
      expect(error).not.toBeInstanceOf(ClientError);
      const kinds = Object.values(ERROR_KINDS).filter((kind) => error instanceof kind);
      expect(kinds).toHaveLength(2);
      expect(error.name).not.toBe("DetentError");
    },
  );

  test.each(["server.failed", "token.invalid", "toString", "__proto__", "hook.newer"])(
    "with the code %s, which has no kind, is a ClientError",
    (code) => {
      const error = reviveError({ code, message: "m" }, 418);
      expect(error).toBeInstanceOf(ClientError);
      expect(error).toMatchObject({ code, message: "m", status: 418 });
    },
  );

  test("brings its details, and its issues where it is about them", () => {
    const details = { size: 5, limit: 4 };
    expect(reviveError({ code: "payload.tooLarge", message: "m", details }, 413)).toMatchObject(
      details,
    );
    const issues = [{ message: "bad", path: ["a", 0] }];
    expect(reviveError({ code: "input.invalid", message: "m", issues }, 400)).toMatchObject({
      issues,
    });
    expect(reviveError({ code: "input.invalid", message: "m" }, 400)).toMatchObject({ issues: [] });
  });
});
