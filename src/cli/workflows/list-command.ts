import type { Command } from "commander";
import { compareVersions, type WorkflowSummary } from "../../http/client/index.ts";
import { columns } from "../columns.ts";
import { openSession } from "../session.ts";
import type { Shell } from "../shell.ts";
import { visible } from "../text.ts";

export function addWorkflowsList(workflows: Command, shell: Shell): void {
  workflows
    .command("list")
    .description("list the workflows that are registered in the app")
    .addHelpText("after", "\nExample:\n  $ detent workflows list --url https://example.com")
    .action(async (_options: object, command: Command) => {
      const { client, output } = openSession(shell, command);
      const found = await client.listWorkflows({ signal: shell.signal });
      const ordered = [...found].sort(byNameNewestFirst);
      const rows = ordered.map(({ name, version }) => [name, version]);
      // A plain name starts the first of its versions.
      const marked = rows.map(([name = "", version = ""], index) => {
        const isOlder = rows[index - 1]?.[0] === name;
        const isNewest = !isOlder && rows[index + 1]?.[0] === name;
        return [visible(name), visible(version), isNewest ? "newest: started by its name" : ""];
      });
      output.answer({
        json: { workflows: ordered },
        plain: rows,
        table: (colours) =>
          rows.length === 0
            ? "This app has no workflows."
            : columns(["WORKFLOW", "VERSION", ""], marked, colours),
      });
    });
}

function byNameNewestFirst(a: WorkflowSummary, b: WorkflowSummary): number {
  return a.name.localeCompare(b.name) || compareVersions(b.version, a.version);
}
