import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bundle, bundleFunctions } from "../../infra/bundle.ts";

const LIMITS = { api: 600_000, turn: 480_000, sweep: 480_000, "dead-letter": 480_000 };

let folder: string;
let bundles: Bundle[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "detent-bundles-"));
  bundles = await bundleFunctions(folder);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe("a bundle", () => {
  it.each(Object.entries(LIMITS))("of the function %s has at most %s bytes", (name, limit) => {
    const { bytes } = bundles.find((bundle) => bundle.name === name) ?? { bytes: Number.NaN };
    expect(bytes).toBeLessThanOrEqual(limit);
    expect(bytes).toBeGreaterThan(100_000);
  });

  it("needs nothing that is not in it or in Node", () => {
    for (const { path } of bundles) {
      const source = readFileSync(path, "utf8");
      const imported = [...source.matchAll(/(?:\bfrom|\bimport)\s*\(?"([^"]+)"/g)];
      const outside = imported.map(([, name]) => name).filter((name) => !name?.startsWith("node:"));
      const builtin = new Set(process.getBuiltinModule("module").builtinModules);
      expect(outside.filter((name) => !builtin.has(name ?? ""))).toEqual([]);
      expect(imported.length).toBeGreaterThan(3);
    }
  });

  it("says in one error all that is missing from its environment", () => {
    const path = join(folder, "api.mjs");
    const env = { DETENT_QUEUE_URL: "turns", DETENT_TABLE: "" };
    const run = () =>
      execFileSync(process.execPath, [path], { env, stdio: "pipe", encoding: "utf8" });
    expect(run).toThrow(
      /DETENT_TABLE is empty.*DETENT_QUEUE_URL is no URL.*DETENT_TOKENS is missing/s,
    );
  });
});
