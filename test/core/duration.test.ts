import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Duration, toMillis } from "../../src/core/duration.ts";
import { InvalidInputError } from "../../src/core/errors.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const REFUSED: readonly unknown[] = [
  -1,
  -0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  "",
  " ",
  ",",
  "5",
  "-5",
  "0",
  "1e3",
  "s",
  "ms",
  "soon",
  "NaN",
  "Infinity",
  "-1s",
  "1h -30m",
  "- 1s",
  "+1s",
  "5 parsecs",
  "1h foo",
  "foo 1h",
  "1h foo 30m",
  "1h 30",
  "30 1h",
  "1..5s",
  "1.s.5",
  ".s",
  "1h;30m",
  "1s\u0000",
  "1/2h",
  "0x10s",
  `${"9".repeat(400)}s`,
  null,
  undefined,
  true,
  {},
  [],
  ["1s"],
  new Date(0),
  { valueOf: () => 5 },
];

describe("a duration", () => {
  test.each<[Duration, number]>([
    [0, 0],
    [250, 250],
    [1.4, 1],
    ["0s", 0],
    ["200ms", 200],
    ["30s", 30 * SECOND],
    ["1.5s", 1.5 * SECOND],
    ["0.5s", 500],
    ["5m", 5 * MINUTE],
    ["90 min", 90 * MINUTE],
    ["1h", HOUR],
    ["1h 30m", 1.5 * HOUR],
    ["1h30m", 1.5 * HOUR],
    ["1h, 30m", 1.5 * HOUR],
    ["  2d  ", 2 * DAY],
    ["1 day 2 hours 3 minutes 4 seconds", DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND],
    ["1H 30M 5S", HOUR + 30 * MINUTE + 5 * SECOND],
    ["1w", 7 * DAY],
  ])("%j is %d ms", (duration, millis) => {
    expect(toMillis(duration)).toBe(millis);
  });

  test.each(REFUSED.map((duration) => ({ duration })))("$duration is refused", ({ duration }) => {
    const attempt = (): number => toMillis(duration as never, "timeout");
    expect(attempt).toThrow(InvalidInputError);
    expect(attempt).toThrow(
      expect.objectContaining({
        code: "input.invalid",
        message: expect.stringContaining("The timeout "),
        issues: [{ message: "not a duration", path: ["timeout"] }],
      }),
    );
  });

  test("in milliseconds is itself", async () => {
    await fc.assert(
      fc.property(fc.nat(), (millis) => {
        expect(toMillis(millis)).toBe(millis);
        expect(toMillis(`${millis}ms`)).toBe(millis);
      }),
    );
  });

  test("in parts is the sum of its parts, in whatever spacing", async () => {
    const part = fc.nat(1000);
    const gap = fc.constantFrom("", " ", "  ", ", ");
    await fc.assert(
      fc.property(part, part, part, gap, (hours, minutes, seconds, between) => {
        const text = [`${hours}h`, `${minutes}m`, `${seconds}s`].join(between);
        expect(toMillis(text)).toBe(hours * HOUR + minutes * MINUTE + seconds * SECOND);
      }),
    );
  });

  test("of any text is whole, finite and not negative, or refused with a typed error", async () => {
    const likely = fc.stringMatching(/^[-+.\d smhdwye,µ]{0,12}$/);
    await fc.assert(
      fc.property(fc.oneof(fc.string(), likely), (text) => {
        try {
          const millis = toMillis(text);
          expect(Number.isInteger(millis) && millis >= 0).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("is read in no time, however long the text", () => {
    const hostile = `${"1".repeat(50_000)} ${"1h ".repeat(50_000)}!`;
    expect(() => toMillis(hostile)).toThrow(InvalidInputError);
  });
});
