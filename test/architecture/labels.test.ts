import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { readLabels } from "./labels.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const house = readLabels(ROOT, ["src", "functions", "infra"]);

it("every label of a clause stands for one clause in the whole house", () => {
  expect(house.defined.size).toBeGreaterThan(100);
  expect(shared(house)).toEqual([]);
});

it("every label that a comment names is one that some file defines", () => {
  expect(house.referred.length).toBeGreaterThan(10);
  expect(house.referred.filter(({ label }) => !house.defined.has(label))).toEqual([]);
});

const tree = mkdtempSync(join(tmpdir(), "detent-labels-"));
afterAll(() => rmSync(tree, { recursive: true }));

it("a label that two files define is found, be it of a clause or of an invariant", () => {
  mkdirSync(join(tree, "src"));
  writeFileSync(join(tree, "src/a.ts"), "/**\n * A heading.\n *\n * Q1. One.\n * Q2. Two.\n */\n");
  writeFileSync(
    join(tree, "src/b.ts"),
    "// Q2. Something else.\n/** As the queue does (Q1, Q3). */\n",
  );
  writeFileSync(join(tree, "src/c.ts"), 'const all = {\n  "Q1: a rule": rule,\n};\n');
  const labels = readLabels(tree, ["src"]);
  expect(shared(labels)).toEqual(["Q1: src/a.ts, src/c.ts", "Q2: src/a.ts, src/b.ts"]);
  expect(labels.referred).toEqual([
    { path: "src/b.ts", label: "Q1" },
    { path: "src/b.ts", label: "Q3" },
  ]);
});

function shared({ defined }: ReturnType<typeof readLabels>): string[] {
  return [...defined]
    .filter(([, paths]) => paths.size > 1)
    .map(([label, paths]) => `${label}: ${[...paths].sort().join(", ")}`)
    .sort();
}
