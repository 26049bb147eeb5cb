import { expect, test } from "vitest";
import { compareVersions } from "../../src/core/versions.ts";

test.each([
  [
    ["2", "1", "10", "beta"],
    ["10", "2", "1", "beta"],
  ],
  [
    ["1.2", "1.10", "1.2.1", "1.2-beta", "1.2-alpha"],
    ["1.10", "1.2.1", "1.2", "1.2-beta", "1.2-alpha"],
  ],
  [
    ["v2", "v10", "1"],
    ["v10", "v2", "1"],
  ],
  [
    ["2030-01-31", "2029-12-01", "2030-02-01"],
    ["2030-02-01", "2030-01-31", "2029-12-01"],
  ],
  [
    ["beta2", "beta10", "alpha"],
    ["beta10", "beta2", "alpha"],
  ],
  [
    ["9007199254740993", "9007199254740992"],
    ["9007199254740993", "9007199254740992"],
  ],
])("of %j the newest first are %j", (given, expected) => {
  expect([...given].sort((a, b) => compareVersions(b, a))).toEqual(expected);
  expect([...given].reverse().sort((a, b) => compareVersions(b, a))).toEqual(expected);
});

test("only the same version is as new as itself", () => {
  const versions = ["1", "01", "v1", "1.0", "1-", "a", "A", "é", "", "1.a", "1a"];
  for (const a of versions) {
    for (const b of versions) {
      expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) || 0);
      expect(compareVersions(a, b) === 0).toBe(a === b);
    }
  }
});
