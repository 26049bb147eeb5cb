import { describe, expect, expectTypeOf, test } from "vitest";
import type { StoreUnavailableError, TimeoutError } from "../../src/core/errors.ts";
import { ERROR_STATUS, type ErrorCode, isErrorCode } from "../../src/http/error-status.ts";

describe("the table of statuses", () => {
  test("has the statuses of the contract", () => {
    expect(ERROR_STATUS).toMatchObject({
      "input.invalid": 400,
      "token.missing": 401,
      "workflow.notFound": 404,
      "run.notFound": 404,
      "run.idempotencyConflict": 409,
      "run.ended": 409,
      "payload.tooLarge": 413,
      "store.unavailable": 503,
      timeout: 504,
    });
  });

  test("has error statuses only", () => {
    for (const status of Object.values(ERROR_STATUS)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
    }
  });

  test("takes its codes from the errors' own types", () => {
    expectTypeOf<TimeoutError["code"] | StoreUnavailableError["code"]>().toExtend<ErrorCode>();
    expectTypeOf<ErrorCode>().not.toEqualTypeOf<string>();
  });

  test.each(["no.suchCode", "constructor", "__proto__"])("does not know %s", (code) => {
    expect(isErrorCode(code)).toBe(false);
  });
});
