import type { Command } from "commander";
import { USUAL_PAGE } from "../../core/bounds.ts";
import type { RunQuery } from "../../http/client/index.ts";
import { readCount, readPastTime, statusOption } from "../options.ts";
import { openSession } from "../session.ts";
import type { Shell } from "../shell.ts";
import { readRuns } from "./read-runs.ts";
import { showRuns } from "./show-runs.ts";

interface Options extends Omit<RunQuery, "limit"> {
  limit: number;
  /** `--version` tells that of the shell. */
  workflowVersion?: string;
}

const EXAMPLES = `
Examples:
  $ detent runs list --status cancelled --limit 20
  $ detent runs list --workflow order --tag vip --created-after 2030-01-31
  $ detent runs list --workflow order --workflow-version 1 --no-ended
  $ detent runs list --output plain | cut -f1`;

const MOST = 100_000;

export function addRunsList(runs: Command, shell: Shell): void {
  runs
    .command("list")
    .description("list runs, newest first")
    .addOption(statusOption())
    .option("--workflow <name>", "only runs of this workflow")
    .option("--workflow-version <version>", "only runs of this version of their workflow")
    .option("--tag <tag>", "only runs with this tag")
    .option("--ended", "only runs that have ended, however")
    .option("--no-ended", "only runs that have not ended")
    .option("--parent <run>", "only the children of this run")
    .option("--problem", "only runs that cannot go on at the moment")
    .option("--created-after <time>", "only runs that were created after this time", readPastTime)
    .option("--created-before <time>", "only runs that were created before this time", readPastTime)
    .option("--limit <n>", "how many at most", readCount(MOST), USUAL_PAGE)
    .option("--cursor <cursor>", "go on where a list ended")
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options, command: Command) => {
      const { client, output } = openSession(shell, command);
      const { workflowVersion: version, ...query } = options;
      const page = await readRuns(client, { ...query, version }, shell.signal);
      output.answer(showRuns(page, "No runs fit."));
      if (page.cursor) output.note(`There are more: add --cursor ${page.cursor}`);
    });
}
