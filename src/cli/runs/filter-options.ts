/** How a command that steers runs is told which: one by its id, or with --all those that fit a filter. */
import type { Command } from "commander";
import { LARGEST_PAGE } from "../../core/bounds.ts";
import type { RunFilter } from "../../http/client/index.ts";
import { usageFailure } from "../failure.ts";
import { readPastTime, statusOption } from "../options.ts";
import type { Session } from "../session.ts";
import { readRuns } from "./read-runs.ts";

export type Filter = RunFilter;

export interface FilterOptions extends Filter {
  /** `--version` tells that of the shell. */
  workflowVersion?: string;
  all?: boolean;
  yes?: boolean;
}

export function addFilterOptions(command: Command): void {
  command
    .option("--all", "every run that fits and has not ended")
    .option("--workflow <name>", "with --all: only runs of this workflow")
    .option("--workflow-version <version>", "with --all: only runs of this version")
    .addOption(statusOption())
    .option("--tag <tag>", "with --all: only runs with this tag")
    .option("--parent <run>", "with --all: only the children of this run")
    .option("--created-after <time>", "with --all: only runs created after this time", readPastTime)
    .option(
      "--created-before <time>",
      "with --all: only runs created before this time",
      readPastTime,
    )
    .option("--yes", "with --all: do it; without, it is only told how many fit");
}

/** @throws Failure for options that do not go together. */
export function readMeant(
  runId: string | undefined,
  options: FilterOptions,
): { runId: string } | { filter: Filter; isConfirmed: boolean } {
  const { all, yes = false, workflowVersion: version, ...given } = options;
  const { status, workflow, tag, parent, createdAfter, createdBefore } = given;
  const filter = { status, workflow, version, tag, parent, createdAfter, createdBefore };
  if (all) {
    if (runId !== undefined) throw usageFailure("Give either the id of a run or --all.");
    return { filter, isConfirmed: yes };
  }
  if (runId === undefined) {
    throw usageFailure("Give the id of a run, or --all for every run that fits a filter.");
  }
  if (yes || Object.values(filter).some((each) => each !== undefined)) {
    throw usageFailure("Filters and --yes go with --all. Leave them out, or the id of the run.");
  }
  return { runId };
}

/** Tells how many fit, of which no more are counted than one page has. */
export async function tellHowMany(
  { client, shell }: Session,
  filter: Filter,
  what: string,
): Promise<string> {
  const query = { ...filter, ended: false, limit: LARGEST_PAGE };
  const { runs, cursor } = await readRuns(client, query, shell.signal);
  const count = runs.length;
  const more = cursor === undefined ? "" : " or more";
  const found = count === 1 && more === "" ? "1 run fits" : `${count}${more} runs fit`;
  return `${found}, and nothing was done. Add --yes to ${what} what fits, or narrow it with --workflow, --status or --tag.`;
}
