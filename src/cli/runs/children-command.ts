import type { Command } from "commander";
import { DEEPEST_FAMILY, LARGEST_PAGE, USUAL_PAGE } from "../../core/bounds.ts";
import { usageFailure } from "../failure.ts";
import { readCount } from "../options.ts";
import { openSession } from "../session.ts";
import type { Shell } from "../shell.ts";
import { readFamily } from "./read-family.ts";
import { readChildren } from "./read-runs.ts";
import { showFamily } from "./show-family.ts";
import { showRuns } from "./show-runs.ts";

interface Options {
  limit: number;
  cursor?: string;
  tree?: boolean;
  depth?: number;
}

const EXAMPLES = `
Examples:
  $ detent runs children run_42
  $ detent runs children run_42 --tree --depth 2
  $ detent runs children run_42 --output plain | cut -f3 | sort | uniq -c`;

const USUAL_DEPTH = 3;

export function addRunsChildren(runs: Command, shell: Shell): void {
  runs
    .command("children")
    .description("list the children of a run, in the order in which it asked for them")
    .argument("<run>", "id of the run")
    .option("--tree", "the run with its children, theirs, and so on")
    .option(
      "--depth <n>",
      `with --tree: how many levels of children (default: ${USUAL_DEPTH})`,
      readCount(DEEPEST_FAMILY),
    )
    .option("--limit <n>", "how many of one run at most", readCount(LARGEST_PAGE), USUAL_PAGE)
    .option("--cursor <cursor>", "go on where a list ended")
    .addHelpText("after", EXAMPLES)
    .action(async (runId: string, options: Options, command: Command) => {
      const { client, output } = openSession(shell, command);
      const { tree, depth, limit, cursor } = options;
      if (tree) {
        if (cursor !== undefined) throw usageFailure("Give either --tree or --cursor.");
        const wanted = { runId, depth: depth ?? USUAL_DEPTH, limit };
        output.answer(showFamily(await readFamily(client, wanted, shell.signal)));
        return;
      }
      if (depth !== undefined)
        throw usageFailure("--depth goes with --tree. Add that, or leave it out.");
      const page = await readChildren(client, { runId, limit, cursor }, shell.signal);
      output.answer(showRuns(page, "This run has no children."));
      if (page.cursor) output.note(`There are more: add --cursor ${page.cursor}`);
    });
}
