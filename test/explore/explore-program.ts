/** All schedules of one program, or as many as there is time for. */

import type { Planted } from "../simulation/simulation.ts";
import type { Cost } from "./bounds.ts";
import { hash } from "./hash.ts";
import { Judge } from "./judge.ts";
import { codeOf, costOf } from "./path.ts";
import type { Program } from "./program.ts";
import { Schedule } from "./schedule.ts";
import { Search } from "./search.ts";

export interface ExploreOptions {
  bounds: Cost;
  /** How long it may take; for ever, if it is left out. */
  seconds?: number | undefined;
  /** Whether schedules that come to the same are played once. */
  reduced: boolean;
  planted?: Planted;
}

/** A schedule in which something was wrong. */
export interface Found {
  code: string;
  cost: Cost;
  violations: readonly string[];
}

export interface Explored {
  program: string;
  schedules: number;
  /** How many of them came to a state that another had come to. */
  joined: number;
  states: number;
  /** Which logs and heads the runs ended with, as one number. */
  ends: number;
  /** The cost of the first that was not played, if time was short; nothing if all were. */
  left: Cost | undefined;
  seconds: number;
  /** The first, which is one of the plainest. */
  found: Found | undefined;
}

export async function exploreProgram(
  program: Program,
  { bounds, seconds = Number.POSITIVE_INFINITY, reduced, planted }: ExploreOptions,
): Promise<Explored> {
  const judge = new Judge();
  const search = new Search(
    (choose) => new Schedule(program, { tracing: false, reduced, planted }).play(choose),
    { bounds, joining: reduced },
  );
  const began = performance.now();
  const passed = (): number => (performance.now() - began) / 1000;
  let [schedules, joined] = [0, 0];
  let found: Found | undefined;
  while (!found && passed() < seconds) {
    const seen = await search.next();
    if (!seen) break;
    schedules += 1;
    if (seen.joined) joined += 1;
    const violations = await judge.violationsOf(seen.result);
    const { path } = seen;
    if (violations.length > 0) found = { code: codeOf(path), cost: costOf(path), violations };
  }
  const { states, reached: left } = search;
  const ends = hash(judge.records.join("\n"));
  return { program: program.name, schedules, joined, states, ends, left, seconds: passed(), found };
}
