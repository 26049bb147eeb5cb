import type { Command } from "commander";
import { readJson } from "../read-json.ts";
import { openSession } from "../session.ts";
import type { Shell } from "../shell.ts";
import { visible } from "../text.ts";

interface Options {
  payload?: string;
}

const PAYLOAD = { name: "--payload", what: "payload", example: '{"approved":true}' };

const EXAMPLES = `
Examples:
  $ detent hooks resume cnVuXzQy.0.yu3… --payload '{"approved":true}'
  $ detent hooks resume cnVuXzQy.0.yu3… --payload @answer.json`;

export function addHooksResume(hooks: Command, shell: Shell): void {
  hooks
    .command("resume")
    .description("hand a payload to a hook, so that its run goes on")
    .argument("<token>", "of the hook")
    .option("--payload <json>", "JSON, @file.json, or @- for standard input")
    .addHelpText("after", EXAMPLES)
    .action(async (token: string, { payload }: Options, command: Command) => {
      const { client, output } = openSession(shell, command);
      const value = payload === undefined ? undefined : await readJson(payload, PAYLOAD, shell);
      const { runId } = await client.resumeHook(token, value, { signal: shell.signal });
      output.answer({
        json: { runId },
        plain: [[runId]],
        table: ({ bold }) => `Handed in. ${bold(visible(runId))} goes on.`,
      });
      output.note(`Look at it: detent runs status ${visible(runId)}`);
    });
}
