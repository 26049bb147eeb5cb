/** Runs tests in a copy of the project, until the first one fails. */
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { endWithThisProcess } from "../../infra/local-process.ts";
import type { Killer } from "./mutant.ts";

export type Told =
  /** A test failed: the first one that did, by its name. */
  | { by: string }
  /** Every test passed. */
  | undefined;

interface Report {
  numTotalTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
}

/** A mutant that makes code go on for ever is told of as well. */
const LONGEST_MS = 240_000;

/** @throws Error if no test was run. */
export async function runTests(
  folder: string,
  killers: readonly Killer[],
  env: Record<string, string>,
): Promise<Told> {
  for (const [names, files] of grouped(killers)) {
    const told = await runVitest(folder, { files, names }, env);
    if (told) return told;
  }
  return undefined;
}

/** The files that are run as one, by the part of a name that narrows them. */
function grouped(killers: readonly Killer[]): Map<string | undefined, string[]> {
  const groups = new Map<string | undefined, string[]>();
  for (const killer of killers) {
    const [file, also] = typeof killer === "string" ? [killer] : [killer.file, killer.also];
    groups.set(also, [...(groups.get(also) ?? []), file]);
  }
  return groups;
}

async function runVitest(
  folder: string,
  { files, names }: { files: readonly string[]; names: string | undefined },
  env: Record<string, string>,
): Promise<Told> {
  const output = join(folder, "mutation-report.json");
  rmSync(output, { force: true });
  const args = [
    join(folder, "node_modules/vitest/vitest.mjs"),
    "run",
    ...files,
    ...(names === undefined ? [] : ["--testNamePattern", names]),
    "--bail=1",
    "--reporter=json",
    `--outputFile=${output}`,
  ];
  const late = await ended(args, folder, env);
  if (late) return { by: `nothing ended within ${LONGEST_MS / 1000} s` };
  return firstFailure(JSON.parse(readFileSync(output, "utf8")) as Report);
}

/** @returns whether it took too long, and was killed. */
function ended(
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: "ignore",
    });
    let late = false;
    // Its workers end when they have lost it.
    const timer = setTimeout(() => {
      late = child.kill("SIGKILL");
    }, LONGEST_MS);
    const dismiss = child.pid === undefined ? () => {} : endWithThisProcess(child.pid);
    child.once("error", reject);
    child.once("exit", () => {
      clearTimeout(timer);
      dismiss();
      resolve(late);
    });
  });
}

function firstFailure({ testResults }: Report): Told {
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === "failed");
  if (failed) return { by: failed.fullName };
  const broken = testResults.find(({ status }) => status === "failed");
  if (broken) return { by: `${broken.name} could not be run: ${broken.message.slice(0, 200)}` };
  const passed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === "passed");
  if (passed.length === 0) throw new Error("No test was run. Look at the names of the killers.");
  return undefined;
}
