import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LEFT_OUT = new Set([
  ".git",
  "node_modules",
  "runtime-tests/node_modules",
  "dist",
  "coverage",
  "artifacts",
]);
const trees: string[] = [];

afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

/** This project, in a folder where it may be spoilt. */
function copyProject(): string {
  const tree = mkdtempSync(join(tmpdir(), "detent-unused-"));
  trees.push(tree);
  cpSync(ROOT, tree, { recursive: true, filter: (path) => !LEFT_OUT.has(relative(ROOT, path)) });
  symlinkSync(join(ROOT, "node_modules"), join(tree, "node_modules"));
  return tree;
}

it("the check for unused code finds a file, an export and a package that nothing uses", () => {
  const tree = copyProject();
  writeFileSync(join(tree, "src/core/seeded-file.ts"), "export const unused = 1;\n");
  appendFileSync(join(tree, "src/core/errors.ts"), "export const seededExport = 1;\n");
  appendFileSync(join(tree, "infra/local-process.ts"), `import "seeded-package";\n`);

  const knip = spawnSync(join(ROOT, "node_modules/.bin/knip"), { cwd: tree, encoding: "utf8" });
  expect(knip.status).toBe(1);
  expect(knip.stdout).toContain("src/core/seeded-file.ts");
  expect(knip.stdout).toContain("seededExport");
  expect(knip.stdout).toContain("seeded-package");
}, 240_000);
