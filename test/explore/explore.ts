/** `npm run explore`: see `--help`. */
import { readCommandLine } from "../../infra/command-line.ts";
import { ROOT } from "../mutation/copy.ts";
import type { Cost } from "./bounds.ts";
import type { Explored } from "./explore-program.ts";
import { listFaults, tryFaults } from "./faults.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { PROGRAMS, programNamed } from "./programs.ts";
import { tell } from "./story.ts";
import { ExploringProcess } from "./workers.ts";

async function main(): Promise<number> {
  const options = readCommandLine(USAGE, () => parseOptions(process.argv.slice(2)));
  const { help, list, faults, replay, reduced } = options;
  if (help) {
    console.log(USAGE);
    return 0;
  }
  if (list) {
    console.log(faults ? listFaults(options) : PROGRAMS.map(({ name }) => name).join("\n"));
    return 0;
  }
  if (replay !== undefined) {
    const { story, violations } = await tell(replay, { reduced });
    console.log(story);
    return violations.length === 0 ? 0 : 1;
  }
  return faults ? await tryFaults(options) : await exploreAll(options);
}

async function exploreAll({ programs, jobs, reduced, seconds, bounds }: Options): Promise<number> {
  const left = programs.length > 0 ? programs.map(programNamed) : [...PROGRAMS];
  const began = performance.now();
  const passed = (): number => (performance.now() - began) / 1000;
  const workers = Array.from(
    { length: Math.min(jobs, left.length) },
    () => new ExploringProcess(ROOT),
  );
  const all: Explored[] = [];
  await Promise.all(
    workers.map(async (worker) => {
      for (let program = left.shift(); program; program = left.shift()) {
        // Each has its share of what the ones before it have left.
        const share =
          ((seconds ?? 0) - passed()) * (workers.length / (left.length + workers.length));
        const given = seconds === undefined ? undefined : Math.max(1, share);
        const order = { program: program.name, bounds, reduced, seconds: given };
        const explored = await worker.explore(order);
        all.push(explored);
        console.log(lineOf(explored, bounds));
        await tellOf(explored, reduced);
      }
    }),
  ).finally(() => {
    for (const worker of workers) worker.end();
  });
  return conclude(all, passed());
}

async function tellOf({ program, found }: Explored, reduced: boolean): Promise<void> {
  if (found) console.log((await tell(`${program}:${found.code}`, { reduced })).story);
}

function conclude(all: readonly Explored[], seconds: number): number {
  const sum = (of: (each: Explored) => number): number =>
    all.reduce((before, each) => before + of(each), 0);
  const failed = all.filter(({ found }) => found);
  const cut = all.filter(({ left, found }) => left && !found);
  const words = [
    `${sum(({ schedules }) => schedules)} schedules of ${all.length} programs in ${seconds.toFixed(0)} s`,
    cut.length > 0 ? `${cut.length} cut short` : "all of them",
    failed.length > 0
      ? `FAILED: ${failed.map(({ program }) => program).join(", ")}`
      : "all is well",
  ];
  console.log(words.join("; "));
  return failed.length > 0 ? 1 : 0;
}

function lineOf(explored: Explored, bounds: Cost): string {
  const { program, schedules, states, left, seconds, found } = explored;
  const rate = (schedules / seconds).toFixed(0);
  const what = `${program.padEnd(28)} ${String(schedules).padStart(7)} schedules`;
  return `${what} (${states} states, ${rate} a second): ${coverOf({ left, found }, bounds)}`;
}

function coverOf({ left, found }: Pick<Explored, "left" | "found">, bounds: Cost): string {
  if (found) return `FAILED with ${shownCost(found.cost)}`;
  return left ? `CUT before all with ${shownCost(left)}` : `all up to ${shownCost(bounds)}`;
}

function shownCost({ preemptions, misfortunes }: Cost): string {
  const counted = (count: number, what: string): string =>
    `${count} ${what}${count === 1 ? "" : "s"}`;
  return `${counted(preemptions, "preemption")} and ${counted(misfortunes, "misfortune")}`;
}

process.exitCode = await main();
