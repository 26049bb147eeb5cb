import { nearLimit, type Run, type Waiting } from "../../http/client/index.ts";
import { waitingText } from "../../http/client/kinds.ts";
import { facts } from "../columns.ts";
import type { Colours } from "../output.ts";
import { showStatus } from "../status-colour.ts";
import { cut, showDuration, showTime, showValue, visible } from "../text.ts";
import type { CleanUpStep } from "./clean-up.ts";
import type { WholeRun } from "./read-whole-run.ts";

type Fact = readonly [string, string] | undefined;

/** A payload is shown whole only in JSON. */
const PAYLOAD_WIDTH = 2000;
const MOST_WAITING = 10;

/** A run's record, for people. */
export function showRun(whole: WholeRun, now: Date, colours: Colours): string {
  const { run, waiting, cleanUp } = whole;
  const { runId, workflow, version, status, input, output, tags } = run;
  return facts(
    [
      ["Run", colours.bold(visible(runId))],
      ["Workflow", visible(`${workflow}, version ${version}`)],
      ["Status", showStatus(status, colours)],
      fact("Parent", visible(run.parent?.runId ?? "")),
      fact("Tags", visible(tags.join(", "))),
      fact("Input", payload(input)),
      fact("Output", "output" in run && (payload(output) || "(none)")),
      ...errorFacts(run),
      ...timeFacts(run, now),
      ...waiting.slice(0, MOST_WAITING).map((each): Fact => ["Waits for", showWaiting(each, now)]),
      fact(" ", waiting.length > MOST_WAITING && `and ${waiting.length - MOST_WAITING} more`),
      ...pauseFacts(run),
      ...cancellationFacts(run, cleanUp, now),
      ...terminationFacts(run),
      fact("Log", lengthText(whole)),
      ...problemFacts(run, colours),
    ],
    colours,
  );
}

function fact(name: string, text: string | false | undefined): Fact {
  return text ? [name, text] : undefined;
}

function payload(value: unknown): string {
  return cut(showValue(value), PAYLOAD_WIDTH);
}

function errorFacts({ error }: Run): Fact[] {
  if (!error) return [];
  const { name, message, cause } = error;
  return [
    ["Error", visible(`${name}: ${message}`)],
    fact(
      "Caused by",
      cause && !message.includes(cause.message) && visible(`${cause.name}: ${cause.message}`),
    ),
  ];
}

function timeFacts({ createdAt, startedAt, endedAt }: Run, now: Date): Fact[] {
  const between = (from: Date, to: Date) => showDuration(to.getTime() - from.getTime());
  const ago = startedAt && !endedAt ? `, ${between(startedAt, now)} ago` : "";
  const after = startedAt && endedAt ? `, after ${between(startedAt, endedAt)}` : "";
  return [
    ["Created", showTime(createdAt)],
    fact("Started", startedAt && `${showTime(startedAt)}${ago}`),
    fact("Ended", endedAt && `${showTime(endedAt)}${after}`),
  ];
}

function showWaiting(waiting: Waiting, now: Date): string {
  const { since, until, shielded } = waiting;
  const when = until ? ` until ${showTime(until)}` : ` since ${showTime(since)}`;
  const left = until && until > now ? `, in ${showDuration(until.getTime() - now.getTime())}` : "";
  return visible(`${waitingText(waiting)},${when}${left}${shielded ? ", shielded" : ""}`);
}

/** Long before the limit, so that there is time to do something about it. */
function lengthText({ run, events }: WholeRun): string | false {
  const limit = nearLimit(run, events);
  return limit !== undefined && `${events} events; at ${limit} it is stopped, and fails`;
}

function pauseFacts({ pause }: Run): Fact[] {
  if (!pause) return [];
  const { reason, requestedBy, at } = pause;
  return [["Paused", asked(at, requestedBy)], fact("Reason", visible(reason ?? ""))];
}

function terminationFacts({ termination }: Run): Fact[] {
  if (!termination) return [];
  const { reason, requestedBy, at } = termination;
  return [["Terminated", asked(at, requestedBy)], fact("Reason", visible(reason ?? ""))];
}

function asked(at: Date, requestedBy: string | undefined): string {
  return `${showTime(at)} by ${visible(requestedBy ?? "somebody unnamed")}`;
}

function cancellationFacts(
  { cancellation, termination }: Run,
  cleanUp: readonly CleanUpStep[],
  now: Date,
): Fact[] {
  if (!cancellation) return [];
  const { reason, requestedBy, requestedAt, deadline, deliveredAt, checkpoint } = cancellation;
  const { cleanup, tooLate, swallowed } = cancellation;
  const isOpen = !cleanup && !tooLate && !swallowed;
  const isStopped = termination !== undefined && deliveredAt === undefined;
  return [
    ["Cancelled", asked(requestedAt, requestedBy)],
    fact("Reason", visible(reason ?? "")),
    fact("Delivered", deliveredAt && `${showTime(deliveredAt)} at ${visible(checkpoint ?? "?")}`),
    fact("Outcome", tooLate && "It came too late: no checkpoint was left, so the work was done."),
    fact("Outcome", isStopped && "The run was terminated before it was delivered."),
    fact("Outcome", swallowed && "The workflow swallowed it, and completed."),
    fact("Clean-up", cleanup && sayCleanUp(cleanup)),
    ...cleanUp.map((step): Fact => ["", showCleanUpStep(step, now)]),
    fact("Grace ends", isOpen && deadline && showTime(deadline)),
  ];
}

function sayCleanUp(cleanup: { steps: number; finished: boolean; durationMs: number }): string {
  const steps = cleanup.steps === 1 ? "1 step" : `${cleanup.steps} steps`;
  return `${steps}, ${cleanup.finished ? "finished" : "NOT finished"}, took ${showDuration(cleanup.durationMs)}`;
}

function showCleanUpStep(each: CleanUpStep, now: Date): string {
  const { step, status, attempts, startedAt, endedAt } = each;
  const took = showDuration((endedAt ?? now).getTime() - startedAt.getTime());
  const tries = attempts > 1 ? ` at attempt ${attempts}` : "";
  return visible(`${step} ${status}${tries}, ${took}`);
}

function problemFacts({ problem }: Run, { red }: Colours): Fact[] {
  if (!problem) return [];
  const { code, message, at, tries } = problem;
  return [
    [red("Problem"), visible(message)],
    ["", `${code}, ${tries === 1 ? "1 try" : `${tries} tries`}, last at ${showTime(at)}`],
  ];
}
