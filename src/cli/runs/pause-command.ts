import type { Command } from "commander";
import type { PauseAnswer, ResumeRunAnswer } from "../../http/client/index.ts";
import { EXIT, Failure } from "../failure.ts";
import { openSession, type Session } from "../session.ts";
import { loginName, type Shell } from "../shell.ts";
import { visible } from "../text.ts";
import { addFilterOptions, type FilterOptions, readMeant } from "./filter-options.ts";
import { steerAll, type Way } from "./steer-all.ts";

interface Options extends FilterOptions {
  reason?: string;
  by?: string;
}

type Answer = PauseAnswer | ResumeRunAnswer;

const PAUSE: Way<Answer> & Words = {
  verb: "pause",
  done: "paused",
  all: (client, filter, how) => client.pauseAll(filter, how),
  one: (client, runId, how) => client.pause(runId, how),
  description: "hold a run back until it is resumed",
  why: "what executes is let finish, what is shielded completes, and nothing new starts",
};

const RESUME: Way<Answer> & Words = {
  verb: "resume",
  done: "resumed",
  only: "paused",
  all: (client, filter, how) => client.resumeAll(filter, how),
  one: (client, runId, how) => client.resume(runId, how),
  description: "let a paused run go on",
  why: "what was held back begins now",
};

interface Words {
  description: string;
  why: string;
  one(
    client: Session["client"],
    runId: string,
    how: Parameters<Session["client"]["pause"]>[1],
  ): Promise<Answer>;
}

export function addRunsPause(runs: Command, shell: Shell): void {
  add(runs, shell, PAUSE);
}

export function addRunsResume(runs: Command, shell: Shell): void {
  add(runs, shell, RESUME);
}

function add(runs: Command, shell: Shell, way: Way<Answer> & Words): void {
  const { verb, description, why } = way;
  const command = runs
    .command(verb)
    .description(`${description}: ${why}`)
    .argument("[run]", "id of the run; or --all")
    .option("--reason <text>", "why, for the record")
    .option("--by <name>", "who asks, for the record (default: your login name)")
    .addHelpText("after", examplesOf(verb))
    .action(async (runId: string | undefined, options: Options, self: Command) => {
      const session = openSession(shell, self);
      const { reason, by: requestedBy = loginName(shell) } = options;
      const how = { reason, requestedBy, signal: shell.signal };
      const meant = readMeant(runId, options);
      if (!("runId" in meant)) return await steerAll(session, meant, { way, how });
      const answer = await way.one(session.client, meant.runId, how);
      const { outcome } = answer;
      if (outcome === "already-ended") throw endedBefore(answer, verb);
      session.output.answer({
        json: answer,
        plain: [[answer.runId, outcome, answer.status]],
        table: ({ bold }) => `${bold(visible(answer.runId))} ${TOLD[outcome]}`,
      });
    });
  addFilterOptions(command);
}

const TOLD: Readonly<Record<Exclude<Answer["outcome"], "already-ended">, string>> = {
  paused: "is paused. What executes is let finish; nothing new starts until it is resumed.",
  "already-paused": "was paused before, and stays so.",
  cancelling: "is being cancelled: nothing but its clean-up is left, and goes on.",
  resumed: "goes on.",
  "not-paused": "is not paused, so nothing has changed.",
};

function examplesOf(verb: string): string {
  const reason = verb === "pause" ? ' --reason "The carrier is down"' : "";
  return `
Examples:
  $ detent runs ${verb} run_42${reason}
  $ detent runs ${verb} --all --workflow order          tells how many fit
  $ detent runs ${verb} --all --workflow order --yes    ${verb}s them`;
}

function endedBefore(answer: Answer, verb: string): Failure {
  const { runId, status } = answer;
  return new Failure(
    EXIT.alreadyEnded,
    "run.ended",
    `Run "${runId}" has ended already: it is ${status}. There is nothing to ${verb}; see detent runs status ${runId}`,
    { document: { ...answer } },
  );
}
