/** Takes the engine's rules out of a copy, one after the other, and looks whether a schedule tells. */
import { type Copy, copyProject } from "../mutation/copy.ts";
import type { Mutant } from "../mutation/mutant.ts";
import { MUTANTS } from "../mutation/mutants.ts";
import type { Explored } from "./explore-program.ts";
import type { Options } from "./options.ts";
import { RULES, type Rule } from "./rules.ts";
import { ExploringProcess } from "./workers.ts";

/** A program that shows nothing within so many seconds does not. */
const LONGEST_S = 120;

export function listFaults({ only }: Pick<Options, "only">): string {
  return chosen(only)
    .map(({ mutant, rule }) => `${mutant}: ${rule}`)
    .join("\n");
}

/** @returns the exit code: 1 if one of them is not found. */
export async function tryFaults({ only, jobs, ...options }: Options): Promise<number> {
  const left = chosen(only);
  const missed: string[] = [];
  const copies = Array.from({ length: Math.min(jobs, left.length) }, copyProject);
  try {
    await Promise.all(
      copies.map(async (copy) => {
        for (let rule = left.shift(); rule; rule = left.shift()) {
          const explored = await attack(copy, rule, options);
          console.log(lineOf(rule, explored));
          if (!explored.found) missed.push(rule.mutant);
        }
      }),
    );
  } finally {
    for (const copy of copies) copy.remove();
  }
  console.log(missed.length === 0 ? "each was found" : `NOT FOUND: ${missed.join(", ")}`);
  return missed.length === 0 ? 0 : 1;
}

function chosen(only: readonly string[]): Rule[] {
  return RULES.filter(
    ({ mutant }) => only.length === 0 || only.some((text) => mutant.includes(text)),
  );
}

async function attack(
  { folder, change }: Copy,
  { mutant, program, bounds }: Rule,
  { reduced, seconds = LONGEST_S }: Pick<Options, "reduced" | "seconds">,
): Promise<Explored> {
  const restore = change(mutantNamed(mutant));
  const worker = new ExploringProcess(folder);
  try {
    return await worker.explore({ program, bounds, reduced, seconds });
  } finally {
    worker.end();
    restore();
  }
}

function mutantNamed(id: string): Mutant {
  const mutant = MUTANTS.find((each) => each.id === id);
  if (!mutant) throw new Error(`There is no mutant "${id}".`);
  return mutant;
}

function lineOf({ mutant, rule }: Rule, explored: Explored): string {
  const { found, program, schedules, seconds, left } = explored;
  const told = found
    ? `found by ${program} after ${schedules} schedules: ${found.violations[0]} (${found.code})`
    : `NOT FOUND by ${program} in ${left ? "" : "all "}${schedules} schedules`;
  return `${mutant}: ${rule}: ${told}, ${seconds.toFixed(1)} s`;
}
