import { Command, Option } from "commander";
import { addCompletion } from "./completion.ts";
import { addDev } from "./dev-command.ts";
import { addHelp } from "./help-command.ts";
import { addHooksList } from "./hooks/list-command.ts";
import { addHooksResume } from "./hooks/resume-command.ts";
import { FORMATS, type Output } from "./output.ts";
import { addRunsCancel } from "./runs/cancel-command.ts";
import { addRunsChildren } from "./runs/children-command.ts";
import { addRunsList } from "./runs/list-command.ts";
import { addRunsLogs } from "./runs/logs-command.ts";
import { addRunsPause, addRunsResume } from "./runs/pause-command.ts";
import { addRunsSend } from "./runs/send-command.ts";
import { addRunsStatus } from "./runs/status-command.ts";
import { addRunsTerminate } from "./runs/terminate-command.ts";
import { addRunsWake } from "./runs/wake-command.ts";
import { DEFAULT_URL } from "./session.ts";
import type { Shell } from "./shell.ts";
import { addTableCreate } from "./table-command.ts";
import { addWorkflowsList } from "./workflows/list-command.ts";
import { addWorkflowsRun } from "./workflows/run-command.ts";

const EXAMPLES = `
Examples:
  $ detent dev                                  an app with your own workflows, right here
  $ detent workflows run order --input '{"orderId":"123"}' --wait
  $ detent runs list --status cancelled --limit 20
  $ detent runs cancel run_42 --reason "Customer cancelled order #12345" --wait
  $ detent runs logs run_42 --filter cancellation --follow

Exit codes:
  0 done   1 failed   2 wrong usage   3 not found   4 already ended   5 timed out`;

/** Every command, ready to parse arguments. Nothing is printed or ended but through the shell. */
export function createProgram(shell: Shell, output: Output, version: string): Command {
  const program = new Command("detent");
  program
    .description("Starts, watches and stops durable workflows of a Detent app.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "explain a command")
    .helpCommand(false)
    .option("--url <address>", `of the app, or DETENT_URL (default: ${DEFAULT_URL})`)
    .option("--token <token>", "what the app lets in (or DETENT_TOKEN)")
    .addOption(
      new Option("-o, --output <format>", "how to print").choices(FORMATS).default("table"),
    )
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", EXAMPLES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void shell.stdout.write(text),
      // The help of a group whose command is missing, and no more: errors are told elsewhere.
      writeErr: (text) => output.explain(text),
      outputError: () => {},
      getOutHasColors: () => shell.stdout.isTTY === true,
    });

  const group = (name: string, description: string): Command =>
    program.command(name).description(description).helpCommand(false);
  const workflows = group("workflows", "what can be started");
  addWorkflowsList(workflows, shell);
  addWorkflowsRun(workflows, shell);
  const runs = group("runs", "what was started");
  addRunsList(runs, shell);
  addRunsStatus(runs, shell);
  addRunsChildren(runs, shell);
  addRunsLogs(runs, shell);
  addRunsCancel(runs, shell);
  addRunsPause(runs, shell);
  addRunsResume(runs, shell);
  addRunsTerminate(runs, shell);
  addRunsWake(runs, shell);
  addRunsSend(runs, shell);
  const hooks = group("hooks", "what runs wait for from outside");
  addHooksList(hooks, shell);
  addHooksResume(hooks, shell);
  addTableCreate(group("table", "where runs are kept"), shell);
  addDev(program, shell);
  addCompletion(program, shell);
  addHelp(program);
  return program;
}
