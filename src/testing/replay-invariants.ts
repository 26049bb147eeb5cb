/** What must be true of a log and the code that it was written with. */
import type { AnyWorkflow } from "../authoring/workflow.ts";
import { FIRST_INHERITED } from "../core/commands/child.ts";
import { kindIn, nameIn, type PendingCommand } from "../core/commands/index.ts";
import { TooManyEventsError } from "../core/errors.ts";
import type { Entry } from "../core/events.ts";
import { begin, fold } from "../core/fold.ts";
import type { Outcome } from "../core/outcome.ts";
import { decode } from "../core/value.ts";
import { Execution } from "../engine/replay/execution.ts";
import { createConsoleLogger } from "../platform/json-logger.ts";
import type { RunHead } from "../ports/store.ts";

type Key = Pick<RunHead, "runId" | "incarnation" | "generation">;

import { type History, historyOf, nameOf, type Recorded } from "./history.ts";

/** Of a longer log not every prefix is replayed, or a check would take minutes. */
const MOST_PREFIXES = 60;

/**
 * Replays prefixes of a log from the start, each on its own, and answers what is wrong with them:
 *
 * R1. Every prefix can be replayed by the code.
 * R2. What the code asked for by a prefix is what the log says of that command, for ever.
 * R3. The code waits for every command that the log says is open.
 * R4. The log ends as the code did, with every shield closed, unless the run was terminated.
 */
export async function brokenReplays(
  workflow: AnyWorkflow,
  key: Key,
  log: readonly Entry[],
): Promise<string[]> {
  const broken: string[] = [];
  const issued = new Map<number, string>();
  const stride = Math.ceil(log.length / MOST_PREFIXES);
  for (let length = 1; length <= log.length; length += 1) {
    if (length % stride !== 0 && length !== log.length) continue;
    const prefix = log.slice(0, length);
    const outcome = await replayed(workflow, key, prefix);
    const { fault, pending } = outcome;
    if (fault) broken.push(`R1: the first ${length} entries cannot be replayed: ${fault.message}`);
    else broken.push(...changed(issued, pending.values(), length), ...forgotten(prefix, pending));
    if (length === log.length) broken.push(...misEnded(log, outcome));
  }
  return [...broken, ...contradicted(log, issued)];
}

/** @throws Error naming everything that is wrong with the replays of a log's prefixes. */
export async function assertReplays(
  workflow: AnyWorkflow,
  key: Key,
  log: readonly Entry[],
): Promise<void> {
  const broken = await brokenReplays(workflow, key, log);
  if (broken.length > 0)
    throw new Error(`The log and its code are at odds:\n- ${broken.join("\n- ")}`);
}

async function replayed(
  workflow: AnyWorkflow,
  key: Key,
  prefix: readonly Entry[],
): Promise<Outcome> {
  const execution = new Execution(workflow, key, createConsoleLogger("silent"));
  for (const entry of prefix) await execution.feed(entry, { quiet: true });
  return await execution.outcome();
}

function describe({ kind, name, shielded }: Pick<PendingCommand, "kind" | "name" | "shielded">) {
  return `${shielded ? "shielded" : "unshielded"} ${kind} ${name}`;
}

function changed(
  issued: Map<number, string>,
  pending: Iterable<PendingCommand>,
  length: number,
): string[] {
  return [...pending].flatMap((each) => {
    const { command } = each;
    const now = describe(each);
    const before = issued.get(command) ?? now;
    issued.set(command, before);
    return before === now
      ? []
      : [`R2: command ${command} was ${before} and is ${now} after ${length} entries`];
  });
}

function contradicted(log: readonly Entry[], issued: ReadonlyMap<number, string>): string[] {
  return [...historyOf(log).commands].flatMap(([command, [first]]) => {
    if (!first || !issued.has(command)) return [];
    const { event } = first;
    const kind = kindIn(event);
    const said = describe({ kind, name: nameIn(event) ?? kind, shielded: event.shielded });
    return said === issued.get(command)
      ? []
      : [`R2: ${nameOf(first)} is ${said}, and the code asked for ${issued.get(command)}`];
  });
}

function forgotten(prefix: readonly Entry[], pending: Outcome["pending"]): string[] {
  const [start, ...rest] = prefix;
  if (!start) return [];
  const state = rest.reduce(fold, begin(start));
  if (state.ended || state.continued) return [];
  return state.open
    .values()
    .filter(({ command }) => !pending.has(command) && command < FIRST_INHERITED)
    .map(({ command }) => `R3: nobody waits for command ${command} after ${prefix.length} entries`);
}

function misEnded(
  log: readonly Entry[],
  { ending, openShields, pending, fault }: Outcome,
): string[] {
  const { end, request, delivery } = historyOf(log);
  if (!end || fault || end.event.type === "workflow.terminated") return [];
  // Cancelled before any code of the run ran.
  if (delivery?.event.checkpoint === "start") return [];
  const broken: string[] = [];
  if (end.event.type === "workflow.continued") {
    const { command } = end.event;
    const asked = pending.get(command);
    if (asked?.kind === "generation" && !ending && openShields === 0) return [];
    return [`R4: the log was exchanged by command ${command}, and the code did not ask for that`];
  }
  if (openShields > 0) broken.push(`R4: the run ended with ${openShields} shields open`);
  const expected = endOf(ending, { request, delivery });
  const said = toText(end);
  if (said !== expected) broken.push(`R4: the log ends with ${said}, and the code ${expected}`);
  return broken;
}

function endOf(
  ending: Outcome["ending"],
  { request, delivery }: Pick<History, "request" | "delivery">,
): string {
  if (!ending) return "has not ended";
  if (ending.type === "completed") return `workflow.completed ${JSON.stringify(ending.output)}`;
  const isCancelled = ending.cancellation && delivery !== undefined;
  const { eventLimit } = request?.event ?? {};
  if (isCancelled && eventLimit !== undefined) {
    return `workflow.failed ${new TooManyEventsError(eventLimit)}`;
  }
  const type = isCancelled ? "workflow.cancelled" : "workflow.failed";
  return `${type} ${decode(ending.error)}`;
}

/** Errors are compared by what they say: stacks depend on who calls. */
function toText({ event }: Recorded): string {
  if ("output" in event) return `${event.type} ${JSON.stringify(event.output)}`;
  if (!("error" in event) || event.error === undefined) return event.type;
  return `${event.type} ${decode(event.error)}`;
}
