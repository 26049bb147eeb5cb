import type { Command } from "commander";
import {
  ContentionError,
  type RunQuery,
  StoreDamagedError,
  type WakeAnswer,
} from "../../http/client/index.ts";
import { columns } from "../columns.ts";
import { asFailure, EXIT, Failure, usageFailure } from "../failure.ts";
import { statusOption } from "../options.ts";
import type { Answer } from "../output.ts";
import { openSession, type Session } from "../session.ts";
import type { Shell } from "../shell.ts";
import { showStatus } from "../status-colour.ts";
import { visible } from "../text.ts";
import { readRuns } from "./read-runs.ts";

type Filter = Pick<RunQuery, "problem" | "status" | "workflow" | "version" | "tag">;

interface Options extends Filter {
  all?: boolean;
  /** `--version` tells that of the shell. */
  workflowVersion?: string;
}

const EXAMPLES = `
Examples:
  $ detent runs wake run_42
  $ detent runs wake --all --problem                     after the cause is mended
  $ detent runs wake --all --problem --workflow order`;

export function addRunsWake(runs: Command, shell: Shell): void {
  runs
    .command("wake")
    .description("have a run go on now: one with a problem is tried at once")
    .argument("[run]", "id of the run; or --all")
    .option("--all", "every run that fits and has not ended")
    .option("--problem", "with --all: only runs with a problem")
    .addOption(statusOption())
    .option("--workflow <name>", "with --all: only runs of this workflow")
    .option("--workflow-version <version>", "with --all: only runs of this version")
    .option("--tag <tag>", "with --all: only runs with this tag")
    .addHelpText("after", EXAMPLES)
    .action(async (runId: string | undefined, options: Options, command: Command) => {
      const session = openSession(shell, command);
      const { all, problem, status, workflow, workflowVersion: version, tag } = options;
      const filter = { problem, status, workflow, version, tag };
      if (all) {
        if (runId !== undefined) throw usageFailure("Give either the id of a run or --all.");
        return await wakeAll(session, filter);
      }
      if (runId === undefined) {
        throw usageFailure("Give the id of a run, or --all for every run that fits a filter.");
      }
      if (Object.values(filter).some((each) => each !== undefined)) {
        throw usageFailure("Filters go with --all. Leave them out, or the id of the run.");
      }
      await wakeOne(session, runId);
    });
}

async function wakeOne({ client, output, shell }: Session, runId: string): Promise<void> {
  const answer = await client.wake(runId, { signal: shell.signal });
  if (answer.outcome === "already-ended") {
    throw new Failure(
      EXIT.alreadyEnded,
      "run.ended",
      `Run "${runId}" has ended already: it is ${answer.status}. There is nothing to wake; see detent runs status ${runId}`,
      { document: { ...answer } },
    );
  }
  output.answer({
    json: answer,
    plain: [[runId, answer.outcome, answer.status]],
    table: ({ bold }) => `Woke ${bold(visible(runId))}. It goes on if nothing is in its way.`,
  });
}

const MOST = 100_000;

async function wakeAll(
  { client, output, shell: { signal } }: Session,
  filter: Filter,
): Promise<void> {
  const { runs } = await readRuns(client, { ...filter, ended: false, limit: MOST }, signal);
  const woken: WakeAnswer[] = [];
  const failures: unknown[] = [];
  for (const { runId } of runs) {
    try {
      woken.push(await client.wake(runId, { signal }));
    } catch (error) {
      // A failure of one run keeps no other from being woken.
      if (!(error instanceof StoreDamagedError || error instanceof ContentionError)) throw error;
      failures.push(error);
    }
  }
  const answer: Answer & { json: object } = {
    json: { runs: woken },
    plain: woken.map(({ runId, outcome, status }) => [runId, outcome, status]),
    table: (colours) =>
      woken.length === 0
        ? "No run fits, so nothing was woken."
        : columns(
            ["RUN", "OUTCOME", "STATUS"],
            woken.map(({ runId, outcome, status }) => [
              visible(runId),
              outcome,
              showStatus(status, colours),
            ]),
            colours,
          ),
  };
  if (failures.length > 0) output.answerAndFail(answer, asFailure(failures[0]));
  output.answer(answer);
}
