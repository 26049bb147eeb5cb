import type { Command } from "commander";
import { columns } from "../columns.ts";
import { openSession } from "../session.ts";
import type { Shell } from "../shell.ts";
import { showTime, visible } from "../text.ts";

export function addHooksList(hooks: Command, shell: Shell): void {
  hooks
    .command("list")
    .description("list the hooks of a run that take a payload now, with their tokens")
    .argument("<run>", "id of the run")
    .addHelpText("after", "\nExample:\n  $ detent hooks list run_42")
    .action(async (runId: string, _options: object, command: Command) => {
      const { client, output } = openSession(shell, command);
      const found = await client.hooks(runId, { signal: shell.signal });
      output.answer({
        json: { hooks: found },
        plain: found.map(({ hook, token, expiresAt }) => [
          hook,
          token,
          expiresAt?.toISOString() ?? "",
        ]),
        table: (colours) =>
          found.length === 0
            ? "This run waits for no hook."
            : columns(
                ["HOOK", "UNTIL", "TOKEN"],
                found.map(({ hook, token, expiresAt }) => [
                  visible(hook),
                  expiresAt ? showTime(expiresAt) : "for ever",
                  token,
                ]),
                colours,
              ),
      });
    });
}
