import { CommanderError } from "commander";
import { asFailure, EXIT, Failure, interrupted, usageFailure } from "./failure.ts";
import { Output } from "./output.ts";
import { createProgram } from "./program.ts";
import { formatIn } from "./session.ts";
import type { Shell } from "./shell.ts";

/** Runs one command. @returns the exit code. */
export async function runShell(
  args: readonly string[],
  shell: Shell,
  version: string,
): Promise<number> {
  const output = new Output(shell, formatIn(args));
  try {
    await createProgram(shell, output, version).parseAsync(args, { from: "user" });
    return EXIT.done;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.done;
    const failure = failureOf(thrown, shell);
    output.fail(failure);
    return failure.exitCode;
  }
}

function failureOf(thrown: unknown, { signal }: Shell): Failure {
  if (thrown instanceof CommanderError) return usageFailure(sayUsage(thrown));
  if (!signal.aborted || thrown instanceof Failure) return asFailure(thrown);
  return interrupted("detent runs list");
}

function sayUsage({ code, message }: CommanderError): string {
  const isMissing = code === "commander.help";
  const said = isMissing ? "A command is missing." : message.replace(/^error: /, "");
  return `${said.replace(/^./, (first) => first.toUpperCase())}\nAdd --help to see what is possible.`;
}
