import type { Command } from "commander";
import { readJson } from "../read-json.ts";
import { openSession } from "../session.ts";
import type { Shell } from "../shell.ts";
import { visible } from "../text.ts";

interface Options {
  payload?: string;
  messageId?: string;
  sentBy?: string;
}

const PAYLOAD = { name: "--payload", what: "payload", example: '{"approved":true}' };

const EXAMPLES = `
Examples:
  $ detent runs send run_42 approvals --payload '{"approved":true}'
  $ detent runs send run_42 approvals --payload @approval.json --message-id mail-7 --sent-by alice`;

export function addRunsSend(runs: Command, shell: Shell): void {
  runs
    .command("send")
    .description("send a message to a channel of a run")
    .argument("<run>", "id of the run")
    .argument("<channel>", "as the workflow names it")
    .option("--payload <json>", "JSON, @file.json, or @- for standard input")
    .option("--message-id <id>", "the same message again, by the same id, changes nothing")
    .option("--sent-by <name>", "who sends it, for those who look at the run")
    .addHelpText("after", EXAMPLES)
    .action(async (run: string, channel: string, options: Options, command: Command) => {
      const { client, output } = openSession(shell, command);
      const { payload, messageId, sentBy } = options;
      const value = payload === undefined ? undefined : await readJson(payload, PAYLOAD, shell);
      const how = { messageId, sentBy, signal: shell.signal };
      const { runId, duplicate } = await client.send(run, channel, value, how);
      output.answer({
        json: { runId, duplicate },
        plain: [[runId, String(duplicate)]],
        table: ({ bold }) =>
          duplicate
            ? `A message with this id came before to ${bold(visible(runId))}; nothing has changed.`
            : `Sent to ${bold(visible(runId))}.`,
      });
      output.note(`Look at it: detent runs status ${visible(runId)}`);
    });
}
