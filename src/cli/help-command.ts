import type { Command } from "commander";
import { usageFailure } from "./failure.ts";

/** `detent help runs cancel`, `detent runs help cancel` and `detent runs cancel --help` say the same. */
export function addHelp(program: Command): void {
  for (const group of [
    program,
    ...program.commands.filter(({ commands }) => commands.length > 0),
  ]) {
    group
      .command("help", { hidden: group !== program })
      .description("explain a command")
      .argument("[command...]", "such as runs cancel")
      .action((words: string[]) => find(group, words).outputHelp());
  }
}

function find(group: Command, words: readonly string[]): Command {
  let found = group;
  for (const word of words) {
    const next = found.commands.find((each) => each.name() === word);
    if (!next)
      throw usageFailure(
        `There is no command "${words.join(" ")}" to explain.\nAdd --help to see what is possible.`,
      );
    found = next;
  }
  return found;
}
