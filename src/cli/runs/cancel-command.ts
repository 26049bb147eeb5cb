import type { Command } from "commander";
import { USUAL_WAIT_MS } from "../../core/bounds.ts";
import { readDuration } from "../options.ts";
import { openSession } from "../session.ts";
import { loginName, type Shell } from "../shell.ts";
import { cancelAll } from "./cancel-all.ts";
import { cancelOne } from "./cancel-one.ts";
import { addFilterOptions, type FilterOptions, readMeant } from "./filter-options.ts";

const USUAL_WAIT = `${USUAL_WAIT_MS / 1000}s`;

interface Options extends FilterOptions {
  reason?: string;
  by?: string;
  grace?: string;
  wait?: boolean;
  timeout: string;
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
  const command = runs
    .command("cancel")
    .description("ask a run to stop at its next checkpoint and to clean up")
    .argument("[run]", "id of the run; or --all")
    .option("--reason <text>", "why, for the record")
    .option("--by <name>", "who asks, for the record (default: your login name)")
    .option("--grace <duration>", "how long clean-up may take once it begins", readDuration)
    .option("--wait", "until the run has ended")
    .option("--timeout <duration>", "how long to wait at most", readDuration, USUAL_WAIT)
    .addHelpText("after", EXAMPLES)
    .action(async (runId: string | undefined, options: Options, command: Command) => {
      const session = openSession(shell, command);
      const { reason, by = loginName(shell), grace, wait = false, timeout } = options;
      const request = { reason, requestedBy: by, gracePeriod: grace, wait, timeout };
      const meant = readMeant(runId, options);
      if ("runId" in meant) return await cancelOne(session, meant.runId, request);
      await cancelAll(session, meant.filter, request, meant.isConfirmed);
    });
  addFilterOptions(command);
}
