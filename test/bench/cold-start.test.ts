import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startCold } from "../../bench/cold-start.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "detent-cold-start-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function bundle(body: string): Promise<string> {
  const path = join(folder, "function.mjs");
  await writeFile(path, `export const handler = async (event) => {${body}};`);
  return path;
}

it("is measured whatever the function prints", async () => {
  const path = await bundle('console.log("a line of its log"); console.error(event);');
  const { load, first } = await startCold(path, { a: 1 }, {});
  expect(load).toBeGreaterThan(0);
  expect(first).toBeGreaterThan(0);
});

it("that fails says what the function printed", async () => {
  const path = await bundle('console.log("before"); throw new Error("no table");');
  await expect(startCold(path, {}, {})).rejects.toThrow(/before\s[\s\S]*no table/);
});
