/** Holds what became of a fleet against what must have become of it. */
import type { EventOf } from "../../../src/core/events.ts";
import { decode } from "../../../src/core/value.ts";
import type { Store } from "../../../src/engine/index.ts";
import { type History, historyOf, isOf } from "../../../src/testing/history.ts";
import { brokenInvariants } from "../../../src/testing/index.ts";
import { brokenReplays } from "../../../src/testing/replay-invariants.ts";
import { type Effect, journey, PLACES } from "../deployment/journey.ts";
import type { ToldOf } from "./answers.ts";
import type { Ledger } from "./ledger.ts";
import type { Plan, PlannedRun } from "./plan.ts";

export interface Verdict {
  /** Everything that is wrong; nothing if all is well. */
  violations: string[];
  /** How many results of steps are in the logs. */
  recorded: number;
  /** Where the cancellations landed, and how often: after so many results, at such a checkpoint. */
  landed: { afterWorks: Record<number, number>; at: Record<string, number> };
}

/** What was seen outside of the runs. */
interface Seen {
  ledger: Ledger;
  told: ReadonlyMap<string, ToldOf>;
}

export async function judge(
  store: Store,
  { runs }: Plan,
  { ledger, told }: Seen,
): Promise<Verdict> {
  const verdict: Verdict = { violations: [], recorded: 0, landed: { afterWorks: {}, at: {} } };
  for (const run of runs) {
    const head = await store.runs.get(run.runId, Date.now());
    if (!head) {
      verdict.violations.push(`${run.runId}: it is not there`);
      continue;
    }
    const log = await store.log.read(head, { from: 0 });
    const history = historyOf(log);
    const own = ledger.of(run.runId);
    const broken = [
      ...brokenInvariants(log, head),
      ...(await brokenReplays(journey, head, log)),
      ...wrongEnd(run, history),
      ...wrongAnswers(history, told.get(run.runId)),
      ...wrongResults(history, own),
      ...wrongCleanup(history),
    ];
    verdict.violations.push(...broken.map((violation) => `${run.runId}: ${violation}`));
    verdict.recorded += completed(history).length;
    noteLanding(verdict.landed, history);
  }
  return verdict;
}

function noteLanding({ afterWorks, at }: Verdict["landed"], history: History): void {
  const { delivery } = history;
  if (!delivery) return;
  const works = completed(history).filter(({ step }) => step === "work").length;
  const { checkpoint } = delivery.event;
  afterWorks[works] = (afterWorks[works] ?? 0) + 1;
  at[checkpoint] = (at[checkpoint] ?? 0) + 1;
}

function* wrongEnd({ cancel, endless }: PlannedRun, history: History): Iterable<string> {
  const { end, request, delivery } = history;
  const type = end?.event.type ?? "no end";
  const mayComplete = !endless && !delivery;
  const mayBeCancelled = cancel !== undefined && delivery !== undefined;
  const isRight =
    (type === "workflow.completed" && mayComplete) ||
    (type === "workflow.cancelled" && mayBeCancelled);
  if (!isRight) yield `ended by ${type}`;
  if (endless && !request) yield "nobody asked it to stop";
  if (request && (!cancel || request.event.requestedBy !== "the plan")) yield "someone else asked";
  if (end && isOf(end, "workflow.completed")) {
    const output = decode(end.event.output) as { place: number }[];
    const places = new Set(output.map(({ place }) => place));
    if (places.size !== PLACES || output.length !== PLACES) yield `it did ${output.length} steps`;
  }
}

/** One who answered was let in, if anybody was, and it was that one's word that the code got. */
function* wrongAnswers(history: History, told: ToldOf = new Map()): Iterable<string> {
  const received = history.events.flatMap((each) =>
    isOf(each, "hook.received") ? [String(decode(each.event.payload))] : [],
  );
  const taken = [...told].flatMap(([words, status]) => (status === 202 ? [words] : []));
  if (received.length > 1) yield "its hook was answered twice";
  if (taken.join() !== received.join()) yield `"${taken}" were let in, and it got "${received}"`;
}

/** Each result that is recorded is one that an attempt really had, and the only one of its step. */
function* wrongResults(history: History, effects: readonly Effect[]): Iterable<string> {
  const tokens = new Map(effects.map(({ token, kind, place }) => [token, `${kind} ${place}`]));
  const results = completed(history).map(({ step, result }) => resultOf(step, result));
  for (const { token, name } of results) {
    if (tokens.get(token) !== name) yield `${name} has a result that no attempt had`;
  }
  const names = results.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  for (const name of twice) yield `${name} has two results`;
  const { end } = history;
  if (!end || !isOf(end, "workflow.completed")) return;
  const output = decode(end.event.output) as { place: number; token: string }[];
  for (const { place, token } of output) {
    const recorded = results.find(({ name }) => name === `work ${place}`);
    if (recorded?.token !== token) yield `the code saw another result of work ${place}`;
  }
}

/** What was done is undone, each of it once, the last one first, and nothing else is. */
function* wrongCleanup(history: History): Iterable<string> {
  const places = (kind: Effect["kind"]): string =>
    completed(history)
      .filter(({ step }) => step === kind)
      .map(({ result }) => (decode(result) as { place: number }).place)
      .sort((a, b) => a - b)
      .join();
  const due = history.delivery ? places("work") : "";
  if (places("undo") !== due) yield `${places("undo")} were undone, not ${due}`;
}

function completed({ events }: History): EventOf<"step.completed">[] {
  return events.flatMap((each) => (isOf(each, "step.completed") ? [each.event] : []));
}

function resultOf(step: string, result: EventOf<"step.completed">["result"]) {
  const { place, token } = decode(result) as { place: number; token: string };
  return { token, name: `${step} ${place}` };
}
