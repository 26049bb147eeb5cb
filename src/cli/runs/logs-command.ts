import type { Command } from "commander";
import { readable } from "../../core/readable.ts";
import type { RunEvent } from "../../http/client/index.ts";
import { readCount } from "../options.ts";
import type { Output } from "../output.ts";
import { openSession } from "../session.ts";
import type { Shell } from "../shell.ts";
import { showExactTime } from "../text.ts";
import { describeEvent } from "./describe-event.ts";
import { readLog } from "./read-log.ts";

/** As many as can be written in nine digits. */
const MOST_GENERATIONS = 999_999_999;

interface Options {
  filter?: string;
  follow?: boolean;
  generation?: number;
}

const EXAMPLES = `
Examples:
  $ detent runs logs run_42
  $ detent runs logs run_42 --filter cancellation --follow
  $ detent runs logs run_42 --output json | jq '.events[] | select(.type == "step.failed")'`;

export function addRunsLogs(runs: Command, shell: Shell): void {
  runs
    .command("logs")
    .description("print the log of a run, an event a line")
    .argument("<run>", "id of the run")
    .option("--filter <text>", "only events that have this in their type or text")
    .option(
      "--generation <n>",
      "the log of this generation; default: that in which the run is",
      readCount(MOST_GENERATIONS),
    )
    .option("-f, --follow", "go on until the run has ended")
    .addHelpText("after", EXAMPLES)
    .action(async (runId: string, options: Options, command: Command) => {
      const { client, output } = openSession(shell, command);
      const { signal } = shell;
      const { generation, follow } = options;
      const log = follow
        ? client.followEvents(runId, { generation, signal })
        : readLog(client, runId, { generation, signal });
      await printer(output, runId)(filtered(untilStopped(log, signal), options.filter));
    });
}

/** Ctrl-C is how one stops following. */
async function* untilStopped(
  log: AsyncIterable<RunEvent>,
  signal: AbortSignal,
): AsyncGenerator<RunEvent> {
  try {
    yield* log;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function* filtered(
  log: AsyncIterable<RunEvent>,
  filter = "",
): AsyncGenerator<[RunEvent, string]> {
  const wanted = filter.toLowerCase();
  for await (const event of log) {
    const text = describeEvent(event);
    if (`${event.type} ${text}`.toLowerCase().includes(wanted)) yield [event, text];
  }
}

type Print = (log: AsyncIterable<[RunEvent, string]>) => Promise<void>;

function printer(output: Output, runId: string): Print {
  switch (output.format) {
    case "json":
      return (log) => printJson(output, runId, log);
    case "plain":
      return async (log) => {
        for await (const [{ seq, at, type }, text] of log) {
          output.write(`${seq}\t${at.toISOString()}\t${type}\t${text}\n`);
        }
      };
    case "table":
      return async (log) => {
        for await (const [event] of log) {
          const text = describeEvent(event, FIELD_WIDTH);
          output.write(`${lineOf(event, text, output)}\n`);
        }
      };
  }
}

/** One document, written as it comes in; begun only once there is something to tell. */
async function printJson(output: Output, runId: string, log: AsyncIterable<[RunEvent, string]>) {
  const begin = `{\n  "runId": ${JSON.stringify(runId)},\n  "events": [`;
  let between = `${begin}\n    `;
  for await (const [event] of log) {
    output.write(between + JSON.stringify(readable(event)));
    between = ",\n    ";
  }
  output.write(between.startsWith(",") ? "\n  ]\n}\n" : `${begin}]\n}\n`);
}

const TYPE_WIDTH = 23;
/** People are shown a payload whole only where they ask for JSON or plain text. */
const FIELD_WIDTH = 400;

function lineOf({ seq, at, type }: RunEvent, text: string, { colours }: Output): string {
  const { dim } = colours;
  const number = dim(String(seq).padStart(7));
  return `${number}  ${dim(showExactTime(at))}  ${paint(type, colours)}  ${text}`.trimEnd();
}

function paint(type: string, { red, green, yellow, bold }: Output["colours"]): string {
  const padded = type.padEnd(TYPE_WIDTH);
  if (type.startsWith("cancellation.")) return bold(yellow(padded));
  if (/failed|terminated|retrying/.test(type)) return red(padded);
  if (type.startsWith("workflow.")) return bold(padded);
  return type.endsWith(".completed") ? green(padded) : padded;
}
