import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agoText, clockText, durationText } from "../../src/dashboard/time-text.ts";
import { valueText } from "../../src/dashboard/value-text.ts";

const MINUTE = 60_000;

describe("a duration", () => {
  test.each([
    [0, "0 ms"],
    [302.6, "303 ms"],
    [1234, "1.23 s"],
    [2000, "2 s"],
    [59_960, "60 s"],
    [MINUTE, "1 m"],
    [125_000, "2 m 5 s"],
    [62 * MINUTE, "1 h 2 m"],
    [76 * 60 * MINUTE, "3 d 4 h"],
  ])("of %s ms is read as %s", (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

describe("how long ago something was", () => {
  const now = Date.UTC(2026, 0, 31);
  test.each([
    [0, "just now"],
    [-2000, "just now"],
    [12_000, "12 s ago"],
    [3 * MINUTE, "3 m ago"],
    [5 * 60 * MINUTE, "5 h ago"],
    [3 * 24 * 60 * MINUTE, "3 d ago"],
  ])("%s ms before is read as %s", (ms, text) => {
    expect(agoText(new Date(now - ms), now)).toBe(text);
  });

  test("is told by the date where that says more", () => {
    expect(agoText(new Date(now - 30 * 24 * 60 * MINUTE), now)).toContain("2026");
    expect(agoText(new Date(now + 60 * MINUTE), now)).toContain("2026");
  });
});

test("a time of the day is told to the millisecond", () => {
  expect(clockText(new Date(2026, 0, 31, 4, 5, 6, 7))).toBe("04:05:06.007");
});

describe("a value as text", () => {
  const circular: Record<string, unknown> = { name: "loop" };
  circular["self"] = circular;
  test.each([
    ["<b>", '"<b>"'],
    [undefined, "undefined"],
    [null, "null"],
    [-0, "-0"],
    [12n, "12n"],
    [new Date(0), "Date 1970-01-01T00:00:00.000Z"],
    [new Date(Number.NaN), "Date (invalid)"],
    [/a+/g, "/a+/g"],
    [[], "[]"],
    [[1, "a"], '[\n  1,\n  "a"\n]'],
    [{ a: { "b c": true } }, '{\n  a: {\n    "b c": true\n  }\n}'],
    [new Map([["k", new Set([1])]]), 'Map(1) {\n  "k" => Set(1) {\n    1\n  }\n}'],
    [new Uint8Array([1, 2]), "Uint8Array(2) [1, 2]"],
    [new BigInt64Array([1n]), "BigInt64Array(1) [1]"],
    [new Uint8Array([7]).buffer, "ArrayBuffer(1) [7]"],
    [new DataView(new ArrayBuffer(1)), "DataView(1) [0]"],
    [circular, '{\n  name: "loop",\n  self: [circular]\n}'],
  ])("of %s", (value, text) => {
    expect(valueText(value)).toBe(text);
  });

  test("shows an error with its stack, its fields and its cause", () => {
    const error = Object.assign(new Error("no paper", { cause: new TypeError("no tray") }), {
      tray: 2,
    });
    const text = valueText(error);
    expect(text).toMatch(/^Error: no paper\n {4}at /);
    expect(text).toContain("tray: 2");
    expect(text).toContain("cause: TypeError: no tray");
  });

  test("is bounded, whatever the value", () => {
    let deep: unknown = 0;
    for (let level = 0; level < 5000; level++) deep = [deep];
    expect(valueText(deep)).toContain("[too deep]");
    const wide = Array.from({ length: 5000 }, () => "x".repeat(1000));
    expect(valueText(wide).length).toBeLessThan(201_000);
    expect(valueText(wide)).toContain("(cut)");
    let many: unknown = 0;
    for (let level = 0; level < 30; level++) many = [many, many];
    expect(valueText(many).length).toBeLessThan(201_000);
  });

  test("is made of any value", async () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
    });
    await fc.assert(fc.property(anything, (value) => typeof valueText(value) === "string"));
  });
});
