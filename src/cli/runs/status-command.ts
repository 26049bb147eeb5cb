import type { Command } from "commander";
import type { Run } from "../../http/client/index.ts";
import { openSession } from "../session.ts";
import type { Shell } from "../shell.ts";
import { readWholeRun } from "./read-whole-run.ts";
import { showRun } from "./show-run.ts";

const EXAMPLES = `
Examples:
  $ detent runs status run_42
  $ detent runs status run_42 --output json | jq .cancellation`;

export function addRunsStatus(runs: Command, shell: Shell): void {
  runs
    .command("status")
    .description("tell all about a run: its input, times, what it waits for, how it was cancelled")
    .argument("<run>", "id of the run")
    .addHelpText("after", EXAMPLES)
    .action(async (runId: string, _options: object, command: Command) => {
      const { client, output } = openSession(shell, command);
      const whole = await readWholeRun(client, runId, shell.signal);
      const { run, waiting, cleanUp } = whole;
      output.answer({
        json: { ...run, waiting, ...(run.cancellation && { cleanUp }) },
        plain: plainRun(run),
        table: (colours) => showRun(whole, new Date(), colours),
      });
    });
}

function plainRun({ cancellation, termination, error, ...run }: Run): string[][] {
  const { createdAt, startedAt, endedAt } = run;
  return [
    ["runId", run.runId],
    ["workflow", run.workflow],
    ["version", run.version],
    ["status", run.status],
    ["parent", run.parent?.runId ?? ""],
    ["createdAt", createdAt.toISOString()],
    ["waitingFor", run.waitingFor ?? ""],
    ["startedAt", startedAt?.toISOString() ?? ""],
    ["endedAt", endedAt?.toISOString() ?? ""],
    ["error", error?.message ?? ""],
    ["cancelRequestedAt", cancellation?.requestedAt.toISOString() ?? ""],
    ["cancelRequestedBy", cancellation?.requestedBy ?? ""],
    ["cancelReason", cancellation?.reason ?? ""],
    ["checkpoint", cancellation?.checkpoint ?? ""],
    ["terminatedBy", termination?.requestedBy ?? ""],
    ["terminateReason", termination?.reason ?? ""],
    ["problem", run.problem?.message ?? ""],
  ];
}
