/** `npm run mutate`: see `--help`. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { columns } from "../../bench/columns.ts";
import { readCommandLine } from "../../infra/command-line.ts";
import { startDynamoLocal } from "../../infra/dynamodb-local.ts";
import { type Copy, copyProject, ROOT } from "./copy.ts";
import type { Killer, Mutant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { mutated } from "./patch.ts";
import { runTests, type Told } from "./run-tests.ts";

/** What is run where the tests that should tell do not. */
const WIDER = ["test/core", "test/engine", "test/conformance", "test/invariants"];

interface Result {
  mutant: Mutant;
  told: Told;
  /** Whether only other tests told than those that should. */
  wide: boolean;
  seconds: number;
}

async function main(): Promise<number> {
  const options = readCommandLine(USAGE, () => parseOptions(process.argv.slice(2)));
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const chosen = choose(options);
  // Of all, whatever is chosen: one that nobody tries would go unnoticed for as long.
  const faults = MUTANTS.flatMap(faultsOf);
  for (const fault of faults) console.error(fault);
  if (options.list) console.log(chosen.map(({ id, rule }) => `${id}: ${rule}`).join("\n"));
  if (options.list || faults.length > 0) return faults.length > 0 ? 1 : 0;
  const dynamodb = await startDynamoLocal();
  try {
    // What both stores do alike is asked of one; their own promises are conformance tests.
    const env = { DYNAMODB_ENDPOINT: dynamodb.endpoint, DETENT_STORES: "memory" };
    return await campaign(chosen, options, env);
  } finally {
    await dynamodb.stop();
  }
}

function choose({ only, few }: Options): Mutant[] {
  const fitting = MUTANTS.filter(
    ({ id }) => only.length === 0 || only.some((text) => id.includes(text)),
  );
  if (few === undefined) return fitting;
  const day = Math.floor(Date.now() / 86_400_000);
  const first = (day * few) % Math.max(1, fitting.length);
  return [...fitting.slice(first), ...fitting.slice(0, first)].slice(0, few);
}

/** What keeps a mutant from being tried. */
function faultsOf(mutant: Mutant): string[] {
  const missing = [mutant.file, ...mutant.killers.map(fileOf)].filter(
    (file) => !existsSync(join(ROOT, file)),
  );
  if (missing.length > 0) return [`${mutant.id} names what is not there: ${missing.join(", ")}`];
  try {
    mutated(readFileSync(join(ROOT, mutant.file), "utf8"), mutant);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function fileOf(killer: Killer): string {
  return typeof killer === "string" ? killer : killer.file;
}

async function campaign(
  mutants: readonly Mutant[],
  { jobs, baseline, wide }: Options,
  env: Record<string, string>,
): Promise<number> {
  const copies = Array.from({ length: Math.min(jobs, mutants.length) }, copyProject);
  try {
    const [first] = copies;
    if (first && baseline) await requirePassing(first, mutants, env);
    const left = [...mutants];
    const results: Result[] = [];
    await Promise.all(
      copies.map(async (copy) => {
        for (let mutant = left.shift(); mutant; mutant = left.shift()) {
          const result = await attack(copy, mutant, { env, wide });
          results.push(result);
          console.log(lineOf(result));
        }
      }),
    );
    return conclude(results);
  } finally {
    for (const copy of copies) copy.remove();
  }
}

/** A test that fails anyway tells nothing. */
async function requirePassing(
  { folder }: Copy,
  mutants: readonly Mutant[],
  env: Record<string, string>,
): Promise<void> {
  const files = [...new Set(mutants.flatMap(({ killers }) => killers.map(fileOf)))];
  const told = await runTests(folder, files, env);
  if (told) throw new Error(`Without any change a test fails already: ${told.by}`);
}

async function attack(
  { folder, change }: Copy,
  mutant: Mutant,
  { env, wide }: { env: Record<string, string>; wide: boolean },
): Promise<Result> {
  const began = performance.now();
  const restore = change(mutant);
  try {
    const expected = await runTests(folder, mutant.killers, env);
    const told = expected ?? (wide ? await runTests(folder, WIDER, env) : undefined);
    const seconds = (performance.now() - began) / 1000;
    return { mutant, told, wide: expected === undefined, seconds };
  } finally {
    restore();
  }
}

function lineOf({ mutant, told, wide, seconds }: Result): string {
  const time = `${seconds.toFixed(0)} s`;
  if (!told) return `LIVES  ${mutant.id} (${time}): ${mutant.rule}`;
  return `${wide ? "killed by others" : "killed"}  ${mutant.id} (${time}): ${told.by}`;
}

function conclude(results: readonly Result[]): number {
  const dead = results.filter(({ told }) => told !== undefined);
  const areas = [...new Set(results.map(({ mutant }) => areaOf(mutant)))].sort();
  const rows = areas.map((area) => {
    const some = results.filter(({ mutant }) => areaOf(mutant) === area);
    const killed = some.filter(({ told }) => told !== undefined);
    const wide = killed.filter((each) => each.wide);
    return [area, String(some.length), String(killed.length), String(wide.length)];
  });
  console.log(`\n${columns(["area", "mutants", "killed", "by others only"], rows)}\n`);
  for (const { mutant, told } of results) {
    if (!told) console.log(`LIVES  ${mutant.id}: ${mutant.rule}`);
  }
  const score = ((100 * dead.length) / Math.max(1, results.length)).toFixed(1);
  console.log(`${dead.length} of ${results.length} killed: ${score} %`);
  return dead.length === results.length ? 0 : 1;
}

function areaOf({ id }: Mutant): string {
  return id.split("/")[0] ?? id;
}

process.exitCode = await main();
