import { expect, it } from "vitest";
import { median, percentile } from "../../bench/statistics.ts";

it("the median is the value in the middle, or between the two there", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 6])).toBe(5.5);
  expect(median([3])).toBe(3);
  expect(median([])).toBeNaN();
});

it("a percentile is one of the values", () => {
  const values = Array.from({ length: 50 }, (_, index) => 50 - index);
  expect(percentile(values, 0.5)).toBe(25);
  expect(percentile(values, 0.99)).toBe(50);
  expect(percentile([7], 0.99)).toBe(7);
});
