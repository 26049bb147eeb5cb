import { expect, test } from "vitest";
import { backoffMs, jittered } from "../../src/core/backoff.ts";

test("pauses grow from the first to the longest", () => {
  const pauses = (factor?: number) =>
    [1, 2, 3, 4, 5].map((failures) =>
      backoffMs({ firstMs: 100, longestMs: 1000, ...(factor && { factor }) }, failures),
    );
  expect(pauses()).toEqual([100, 200, 400, 800, 1000]);
  expect(pauses(1)).toEqual([100, 100, 100, 100, 100]);
  expect(pauses(4)).toEqual([100, 400, 1000, 1000, 1000]);
});

test("they stay a number however often it failed, and however seldom", () => {
  expect(backoffMs({ firstMs: 5, longestMs: 60_000 }, 5_000)).toBe(60_000);
  expect(backoffMs({ firstMs: 0, longestMs: 60_000 }, 5_000)).toBe(0);
  expect(backoffMs({ firstMs: 5, longestMs: 60_000 }, 0)).toBe(5);
});

test("chance takes as much of a pause as it is given", () => {
  expect([0, 0.5, 1].map((random) => jittered(100, random))).toEqual([0, 50, 100]);
  expect([0, 0.5, 1].map((random) => jittered(100, random, 0.5))).toEqual([50, 75, 100]);
});
