import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("the lockfile names packages and hashes, and no machine's own registry", () => {
  const lockfile = readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8");
  expect(lockfile).toContain('"integrity"');
  expect(lockfile).not.toMatch(/"resolved"|https?:\/\/[^"]*\.tgz/);
});
