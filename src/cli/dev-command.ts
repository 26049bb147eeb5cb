import { type Command, InvalidArgumentError, Option } from "commander";
import type { DevOptions } from "./dev/dev-options.ts";
import { Output } from "./output.ts";
import { DEFAULT_PORT } from "./session.ts";
import type { Shell } from "./shell.ts";

const EXAMPLES = `
The module exports workflows, each by itself or as an array called workflows. TypeScript needs no
build step. It is loaded again when it, or a file that it imports, changes; runs live on.

Examples:
  $ detent dev
  $ detent dev --module src/jobs.ts --port 0
  $ detent dev --store dynamodb --table detent-dev`;

export function addDev(program: Command, shell: Shell): void {
  program
    .command("dev")
    .description("run an app with your own workflows on this machine")
    .option("--module <file>", "with your workflows (default: src/workflows.ts and its like)")
    .option("--port <n>", "to listen on; 0 for any that is free", readPort, DEFAULT_PORT)
    .addOption(
      new Option("--store <store>", "where runs are kept")
        .choices(["memory", "dynamodb"])
        .default("memory"),
    )
    .option("--table <name>", "of --store dynamodb; created if it is not there", "detent-dev")
    .addOption(
      new Option("--log-level <level>", "how much is told of runs as they go")
        .choices(["debug", "info", "warn", "error", "silent"])
        .default("info"),
    )
    .addHelpText("after", EXAMPLES)
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<DevOptions>();
      const { runDev } = await import("./dev/run-dev.ts");
      await runDev(options, shell, new Output(shell, options.output));
    });
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError("Give a port from 0 to 65535.");
}
