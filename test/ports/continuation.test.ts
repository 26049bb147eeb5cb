import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readContinuation, writeContinuation } from "../../src/ports/continuation.ts";

describe("a continuation", () => {
  it("comes back as it was written, in ASCII, whatever its run is called", () => {
    const continuation = fc.record(
      {
        runId: fc.string({ minLength: 1, unit: "binary" }),
        task: fc.nat(),
        claim: fc.string(),
        timer: fc.nat(),
        sweep: fc.boolean(),
      },
      { requiredKeys: ["runId"] },
    );
    fc.assert(
      fc.property(continuation, (given) => {
        const text = writeContinuation(given);
        expect(text).toMatch(/^[\x20-\x7e]*$/);
        expect(readContinuation(text)).toEqual(given);
      }),
    );
  });

  it("may carry what a later version adds", () => {
    expect(readContinuation('{"runId":"run_1","hop":3}')).toEqual({ runId: "run_1" });
  });

  it.each([
    "",
    "run_1",
    "{",
    "null",
    "[]",
    '"run_1"',
    "{}",
    '{"runId":""}',
    '{"runId":7}',
    '{"runId":"run_1","task":-1}',
    '{"runId":"run_1","task":1.5}',
    '{"runId":"run_1","task":"1"}',
    '{"runId":"run_1","claim":1}',
    '{"runId":"run_1","timer":"1"}',
  ])("is not %s", (text) => {
    expect(() => readContinuation(text)).toThrow(
      expect.objectContaining({ code: "input.invalid", issues: [expect.anything()] }),
    );
  });
});
