import type { Command } from "commander";
import { USUAL_WAIT_MS } from "../../core/bounds.ts";
import type { RunQuery } from "../../http/client/index.ts";
import { usageFailure } from "../failure.ts";
import { readDuration, readPastTime, statusOption } from "../options.ts";
import { openSession } from "../session.ts";
import { loginName, type Shell } from "../shell.ts";
import { cancelAll } from "./cancel-all.ts";
import { cancelOne } from "./cancel-one.ts";

const USUAL_WAIT = `${USUAL_WAIT_MS / 1000}s`;

type Filter = Omit<RunQuery, "limit" | "cursor">;

interface Options extends Filter {
  /** `--version` tells that of the shell. */
  workflowVersion?: string;
  reason?: string;
  by?: string;
  grace?: string;
  wait?: boolean;
  timeout: string;
  all?: boolean;
  yes?: boolean;
}

const EXAMPLES = `
Examples:
  $ detent runs cancel run_42 --reason "Customer cancelled order #12345"
  $ detent runs cancel run_42 --wait --timeout 60s --grace 5m
  $ detent runs cancel --all --workflow order --status suspended          tells how many fit
  $ detent runs cancel --all --workflow order --status suspended --yes    cancels them

With --wait the exit code is 0 only if the run ended as cancelled, 4 if it was done before the
cancellation could take effect, 1 if its clean-up failed or the run was terminated, and 5 if it has
not ended in time: the request stays in force.`;

export function addRunsCancel(runs: Command, shell: Shell): void {
  runs
    .command("cancel")
    .description("ask a run to stop at its next checkpoint and to clean up")
    .argument("[run]", "id of the run; or --all")
    .option("--reason <text>", "why, for the record")
    .option("--by <name>", "who asks, for the record (default: your login name)")
    .option("--grace <duration>", "how long clean-up may take once it begins", readDuration)
    .option("--wait", "until the run has ended")
    .option("--timeout <duration>", "how long to wait at most", readDuration, USUAL_WAIT)
    .option("--all", "every run that fits and has not ended")
    .option("--workflow <name>", "with --all: only runs of this workflow")
    .option("--workflow-version <version>", "with --all: only runs of this version")
    .addOption(statusOption())
    .option("--tag <tag>", "with --all: only runs with this tag")
    .option("--created-after <time>", "with --all: only runs created after this time", readPastTime)
    .option(
      "--created-before <time>",
      "with --all: only runs created before this time",
      readPastTime,
    )
    .option("--yes", "with --all: do it; without, it is only told how many fit")
    .addHelpText("after", EXAMPLES)
    .action(async (runId: string | undefined, options: Options, command: Command) => {
      const session = openSession(shell, command);
      const { reason, by = loginName(shell), grace, wait = false, timeout } = options;
      const request = { reason, requestedBy: by, gracePeriod: grace, wait, timeout };
      const { status, workflow, workflowVersion: version, tag } = options;
      const { createdAfter, createdBefore } = options;
      const filter = { status, workflow, version, tag, createdAfter, createdBefore };
      if (options.all) {
        if (runId !== undefined) throw usageFailure("Give either the id of a run or --all.");
        return await cancelAll(session, filter, request, options.yes === true);
      }
      if (runId === undefined) {
        throw usageFailure("Give the id of a run, or --all for every run that fits a filter.");
      }
      const isFiltered = Object.values(filter).some((each) => each !== undefined);
      if (isFiltered || options.yes) {
        throw usageFailure(
          "Filters and --yes go with --all. Leave them out, or the id of the run.",
        );
      }
      await cancelOne(session, runId, request);
    });
}
