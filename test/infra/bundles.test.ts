import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bundle, bundleFunctions, measureBundle } from "../../infra/bundle.ts";

/** Without the assets of the web page. */
const LIMITS = { api: 740_000, turn: 540_000, sweep: 540_000, "dead-letter": 540_000 };

let folder: string;
let bundles: Bundle[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "detent-bundles-"));
  bundles = await bundleFunctions(folder);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe("a bundle", () => {
  it.each(Object.entries(LIMITS))("of the function %s has at most %s bytes", (name, limit) => {
    const bundle = bundles.find((each) => each.name === name);
    if (!bundle) throw new Error(`There is no bundle of ${name}`);
    const code = bundle.bytes - bundle.pageBytes;
    expect(code).toBeLessThanOrEqual(limit);
    expect(code).toBeGreaterThan(100_000);
    expect(bundle.bytes).toBe(readFileSync(bundle.path).length);
  });

  it("is measured without what comes from the folder of the page", async () => {
    const tree = join(folder, "tree");
    mkdirSync(join(tree, "page"), { recursive: true });
    writeFileSync(join(tree, "page/assets.ts"), `export const PAGE = "${"p".repeat(5000)}";`);
    writeFileSync(
      join(tree, "main.ts"),
      `import { PAGE } from "./page/assets.ts"; console.log(PAGE, "${"c".repeat(300)}");`,
    );
    const { metafile } = await build({
      absWorkingDir: tree,
      entryPoints: ["main.ts"],
      outdir: "out",
      bundle: true,
      minify: true,
      metafile: true,
    });
    const { bytes, pageBytes } = measureBundle(metafile, "main.ts", "page");
    expect(pageBytes).toBeGreaterThanOrEqual(5000);
    expect(bytes - pageBytes).toBeGreaterThanOrEqual(300);
    expect(bytes - pageBytes).toBeLessThan(1000);
  });

  it("needs nothing that is not in it or in Node", () => {
    for (const { path } of bundles) {
      const source = readFileSync(path, "utf8");
      const imported = [...source.matchAll(/(?:[}\s]from|\bimport)\s*\(?"([^"]+)"/g)];
      const outside = imported.map(([, name]) => name).filter((name) => !name?.startsWith("node:"));
      const builtin = new Set(process.getBuiltinModule("module").builtinModules);
      expect(outside.filter((name) => !builtin.has(name ?? ""))).toEqual([]);
      expect(imported.length).toBeGreaterThan(3);
    }
  });

  it("goes with the licences of all that is in it, and of nothing else", () => {
    const licencesOf = (name: string): string[] => {
      const text = readFileSync(join(folder, `${name}.licences.txt`), "utf8");
      return [...text.matchAll(/^(\S+) [\d.]+ \(([\w.-]+)\)$/gm)].map(([, each = ""]) => each);
    };
    for (const { name } of bundles) {
      const packages = licencesOf(name);
      expect(packages).toEqual(expect.arrayContaining(["@aws-sdk/client-dynamodb", "zod"]));
      expect(packages.includes("hono"), name).toBe(name === "api");
      expect(packages).not.toContain("@aws-sdk/credential-provider-sso");
    }
    expect(readFileSync(join(folder, "api.licences.txt"), "utf8")).toContain("Yusuke Wada");
  });

  it("brings nothing of OpenTelemetry", () => {
    for (const { path } of bundles) {
      expect(readFileSync(path, "utf8")).not.toMatch(/@opentelemetry|opentelemetry\.js\.api/);
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
