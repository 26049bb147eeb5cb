import type { Command } from "commander";
import { USUAL_PAGE } from "../../core/bounds.ts";
import type { RunQuery, RunSummary } from "../../http/client/index.ts";
import { columns } from "../columns.ts";
import { readCount, readPastTime, statusOption } from "../options.ts";
import type { Answer } from "../output.ts";
import { openSession } from "../session.ts";
import type { Shell } from "../shell.ts";
import { showStatus } from "../status-colour.ts";
import { cut, showDuration, showTime, visible } from "../text.ts";
import { type Page, readRuns } from "./read-runs.ts";

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
      output.answer(show(page));
      if (page.cursor) output.note(`There are more: add --cursor ${page.cursor}`);
    });
}

function show(page: Page): Answer {
  return {
    json: page,
    plain: page.runs.map(({ runId, workflow, status, createdAt, endedAt }) => [
      runId,
      workflow,
      status,
      createdAt.toISOString(),
      endedAt?.toISOString() ?? "",
    ]),
    table: (colours, width) =>
      page.runs.length === 0
        ? "No runs fit."
        : columns(
            ["RUN", "WORKFLOW", "STATUS", "CREATED", "TOOK", "NOTE"],
            page.runs.map((run) => [
              visible(run.runId),
              visible(run.workflow),
              showStatus(run.status, colours),
              showTime(run.createdAt),
              took(run),
              cut(noteOf(run), Math.max(20, width - 100)),
            ]),
            colours,
          ),
  };
}

function took({ startedAt, endedAt }: RunSummary): string {
  return startedAt && endedAt ? showDuration(endedAt.getTime() - startedAt.getTime()) : "";
}

/** What whoever reads the list should not miss. */
function noteOf({ problem, cancellation, error, tags }: RunSummary): string {
  if (problem) return visible(`problem: ${problem.message}`);
  if (cancellation?.reason) return visible(cancellation.reason);
  if (error) return visible(error.message);
  return visible(tags.join(", "));
}
