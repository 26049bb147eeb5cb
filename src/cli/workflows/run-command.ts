import type { Command } from "commander";
import type { RunEnd, RunHandle } from "../../http/client/index.ts";
import { facts } from "../columns.ts";
import { EXIT, Failure } from "../failure.ts";
import { readDuration, readFutureTime, readList } from "../options.ts";
import { readJson } from "../read-json.ts";
import { waitForEnd } from "../runs/wait-for-end.ts";
import { openSession, type Session } from "../session.ts";
import type { Shell } from "../shell.ts";
import { showStatus } from "../status-colour.ts";
import { showValue, visible } from "../text.ts";

interface Options {
  input?: string;
  wait?: boolean;
  timeout?: string;
  key?: string;
  id?: string;
  tag?: string[];
  startAt?: Date;
}

const INPUT = { name: "--input", what: "input", example: '{"orderId":"123"}' };

const EXAMPLES = `
Examples:
  $ detent workflows run order --input '{"orderId":"123"}'
  $ detent workflows run order --input @order.json --wait --timeout 5m
  $ jq .order all.json | detent workflows run order --input @- --key order-123`;

export function addWorkflowsRun(workflows: Command, shell: Shell): void {
  workflows
    .command("run")
    .description("start a run of a workflow")
    .argument("<name>", "of the workflow")
    .option("--input <json>", "JSON, @file.json, or @- for standard input")
    .option("--wait", "until the run has ended; fails unless it completed")
    .option("--timeout <duration>", "how long to wait at most", readDuration)
    .option("--key <key>", "idempotency key: the same key starts one run")
    .option("--id <id>", "the run's id, instead of a new one")
    .option("--tag <tag>", "to find it by; may be given again", readList)
    .option("--start-at <time>", "not before this time", readFutureTime)
    .addHelpText("after", EXAMPLES)
    .action(async (name: string, options: Options, command: Command) => {
      const session = openSession(shell, command);
      const input =
        options.input === undefined ? undefined : await readJson(options.input, INPUT, shell);
      const run = await session.client.start(name, input, {
        runId: options.id,
        idempotencyKey: options.key,
        tags: options.tag,
        startAt: options.startAt,
        signal: shell.signal,
      });
      if (options.wait) await waitForIt(session, run, options);
      else tellStart(session, name, run);
    });
}

function tellStart({ output }: Session, name: string, run: RunHandle<unknown>): void {
  const { runId, status, existing } = run;
  output.answer({
    json: { runId, status, existing },
    plain: [[runId, status]],
    table: ({ bold }) =>
      `${existing ? "Started before:" : "Started"} ${bold(visible(runId))} of ${visible(name)}`,
  });
  output.note(`Look at it: detent runs status ${visible(runId)}`);
}

async function waitForIt(session: Session, run: RunHandle<unknown>, options: Options) {
  const { output } = session;
  const { runId, existing } = run;
  output.note(`Started ${visible(runId)}, waiting for its end …`);
  const what = { runId, timeout: options.timeout };
  const end = await waitForEnd(session, what, { runId, existing });
  if (end.status !== "completed") throw notCompleted(end);
  const { status, output: value } = end;
  output.answer({
    json: { runId, status, existing: run.existing, output: value },
    plain: [[runId, status, showValue(value)]],
    table: (colours) =>
      facts(
        [
          ["Run", visible(runId)],
          ["Status", showStatus(status, colours)],
          ["Output", showValue(value) || "(none)"],
        ],
        colours,
      ),
  });
}

function notCompleted({ runId, status, error }: RunEnd): Failure {
  const { message, code } = Object(error) as { message?: string; code?: string };
  return new Failure(
    EXIT.failed,
    code ?? `run.${status}`,
    `Run "${runId}" has ended as ${status}: ${message}\nSee what happened: detent runs logs ${runId}`,
    { document: { runId, status } },
  );
}
