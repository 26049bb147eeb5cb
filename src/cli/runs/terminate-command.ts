import type { Command } from "commander";
import { EXIT, Failure } from "../failure.ts";
import { openSession } from "../session.ts";
import { loginName, type Shell } from "../shell.ts";
import { visible } from "../text.ts";

interface Options {
  reason?: string;
  by?: string;
}

export function addRunsTerminate(runs: Command, shell: Shell): void {
  runs
    .command("terminate")
    .description("end a run at once, without clean-up (see cancel for the graceful way)")
    .argument("<run>", "id of the run")
    .option("--reason <text>", "why, for the record")
    .option("--by <name>", "who ends it, for the record (default: your login name)")
    .addHelpText("after", '\nExample:\n  $ detent runs terminate run_42 --reason "hangs in ship"')
    .action(async (runId: string, options: Options, command: Command) => {
      const { client, output } = openSession(shell, command);
      const { reason, by: requestedBy = loginName(shell) } = options;
      const answer = await client.terminate(runId, { reason, requestedBy, signal: shell.signal });
      if (answer.outcome === "already-ended") throw endedBefore(answer);
      output.answer({
        json: answer,
        plain: [[runId, answer.outcome, answer.status]],
        table: ({ bold }) => `Terminated ${bold(visible(runId))}. No clean-up was done.`,
      });
    });
}

/** There was nothing left to stop. */
export function endedBefore(answer: { runId: string; outcome: string; status: string }): Failure {
  const { runId, status } = answer;
  return new Failure(
    EXIT.alreadyEnded,
    "run.ended",
    `Run "${runId}" has ended already: it is ${status}. There is nothing to stop; see detent runs status ${runId}`,
    { document: { ...answer } },
  );
}
