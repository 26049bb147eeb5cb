/** What the compiler says where a workflow and its schemas disagree. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const SOURCE = `import * as z from "zod";
import { workflow } from "../../src/index.ts";
workflow("a", async (input: { id: string }) => input.id, { input: z.object({ orderId: z.number() }) });
workflow("b", async (_: string) => 5, { output: z.string() });
workflow("c", async ({ orderId }) => orderId.nothing, { input: z.object({ orderId: z.number() }) });
`;

test("names what the code takes or gives, and what the schema does", () => {
  mkdirSync(join(ROOT, "artifacts"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, "artifacts", "types-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "disagrees.ts"), SOURCE);
  const config = { extends: "../../tsconfig.json", include: ["disagrees.ts"], exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(ROOT, "node_modules", ".bin", "tsc");
  const { stdout } = spawnSync(tsc, ["--project", folder, "--pretty", "false"], {
    encoding: "utf8",
  });
  const errors = stdout.split("\n").filter((line) => line.includes("error TS"));
  expect(errors).toEqual([
    expect.stringMatching(/\(3,.*\{ orderId: number; \}.*\{ id: string; \}/),
    expect.stringMatching(/\(4,.*ZodString.*<number, string>/),
    expect.stringMatching(/\(5,.*'nothing' does not exist on type 'number'/),
  ]);
  expect(stdout).not.toContain("'undefined'");
});
