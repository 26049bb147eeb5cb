import { join } from "node:path";
import { expect, it } from "vitest";
import { parseOptions } from "../../bench/options.ts";

it("measures everything by default", () => {
  expect(parseOptions([])).toMatchObject({ only: [], check: false, help: false, json: undefined });
});

it("takes a scenario more than once", () => {
  const only = ["sequential-100", "cancel-sleep"];
  expect(parseOptions(only.flatMap((name) => ["--only", name])).only).toEqual(only);
});

it.each([
  [["--only", "sequential-7"], /no scenario "sequential-7".*sequential-10/s],
  [["--rounds", "0"], /--rounds/],
  [["--rounds", "many"], /--rounds/],
  [["--fast"], /--fast/],
  [["sequential-10"], /sequential-10/],
  [["--json"], /--json/],
  [["--json", "/"], /folder/],
  [["--json", join("no", "such", "folder.json")], /folder does not exist/],
])("refuses %j", (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
