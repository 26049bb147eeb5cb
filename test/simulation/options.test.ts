import { expect, it } from "vitest";
import { parseOptions } from "./options.ts";

it("simulates the first seeds by default", () => {
  expect(parseOptions([])).toMatchObject({ from: 1, seeds: 2000, seed: undefined, help: false });
});

it("simulates what it is told to", () => {
  expect(parseOptions(["--seeds", "20", "--from", "7"])).toMatchObject({ from: 7, seeds: 20 });
  expect(parseOptions(["--seed", "12", "--shrink"])).toMatchObject({ seed: 12, shrink: true });
});

it.each([
  [["--seeds", "0"]],
  [["--seeds", "many"]],
  [["--seeds", ""]],
  [["--seeds", "1e3"]],
  [["--seed", "x"]],
  [["--from", "-1"]],
  [["--failures", "0.5"]],
  [["--fast"]],
  [["20"]],
])("refuses %j", (args) => {
  expect(() => parseOptions(args)).toThrow(args[0]);
});
