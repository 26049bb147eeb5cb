import type { Command } from "commander";
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
      const rows = found.map(({ name, version }) => [name, version]);
      output.answer({
        json: { workflows: found },
        plain: rows,
        table: (colours) =>
          rows.length === 0
            ? "This app has no workflows."
            : columns(
                ["WORKFLOW", "VERSION"],
                rows.map((row) => row.map(visible)),
                colours,
              ),
      });
    });
}
