/** Every command of package.json is run by CI: by `.ci/run`, by another command, or by a test. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

/** What CI cannot run, and why. */
const NEVER: Record<string, string> = {
  deploy: "It needs an account at AWS; `package` is all of it up to the upload.",
};

/** What tests run, and which: with all that it prints, and how it ends. */
const IN_TESTS: Record<string, [file: string, text: string]> = {
  emulate: ["test/emulate/commands.test.ts", '"run", "--silent", "emulate"'],
  prepack: ["test/package/check-package.ts", '"npm", "pack"'],
};

/** The commands that a text runs. npm runs those with `pre` before their namesakes by itself. */
function commandsIn(text: string): string[] {
  const named = [...text.matchAll(/\b(?:npm run(?: --silent)?|small) ([\w:]+)/g)];
  const tests = /\bnpm (?:test|t)\b/.test(text) ? ["test"] : [];
  return [...named.map(([, name = ""]) => name), ...tests];
}

function reached(from: readonly string[]): Set<string> {
  const found = new Set<string>();
  const left = [...from];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    left.push(...commandsIn(scripts[name] ?? ""));
  }
  return found;
}

test("every command is run by CI", () => {
  const run = reached([...commandsIn(read(".ci/run")), ...Object.keys(IN_TESTS)]);
  const missing = Object.keys(scripts).filter((name) => !run.has(name) && !(name in NEVER));
  expect(missing).toEqual([]);
});

test("CI runs no command that is not there, and nothing is excused that is run or gone", () => {
  const named = commandsIn(read(".ci/run"));
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  const run = reached(named);
  const excused = [...Object.keys(NEVER), ...Object.keys(IN_TESTS)];
  expect(excused.filter((name) => run.has(name) || !(name in scripts))).toEqual([]);
  for (const [file, text] of Object.values(IN_TESTS)) expect(read(file)).toContain(text);
});
