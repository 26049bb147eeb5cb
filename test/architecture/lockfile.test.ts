import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

it.each(["package-lock.json", "runtime-tests/package-lock.json"])(
  "%s names packages and hashes, and no machine's own registry",
  (path) => {
    const lockfile = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
    expect(lockfile).toContain('"integrity"');
    expect(lockfile).not.toMatch(/"resolved"|https?:\/\/[^"]*\.tgz/);
  },
);
