/** Holds what became of a fleet against what must have become of it. */
import { decode } from "../../../src/core/value.ts";
import type { Store } from "../../../src/engine/index.ts";
import { type History, historyOf, isOf } from "../../../src/testing/history.ts";
import { brokenInvariants } from "../../../src/testing/index.ts";
import { brokenReplays } from "../../../src/testing/replay-invariants.ts";
import { journey } from "../deployment/journey.ts";
import type { ToldOf } from "./answers.ts";
import { judgeCompanion } from "./companions.ts";
import type { Ledger } from "./ledger.ts";
import type { Plan, PlannedRun } from "./plan.ts";
import { completed, wrongCleanup, wrongPlaces, wrongResults } from "./travels.ts";

export interface Verdict {
  /** Everything that is wrong; nothing if all is well. */
  violations: string[];
  /** How many results of steps are in the logs. */
  recorded: number;
  /** How the children ended, and how often. */
  companions: Record<string, number>;
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
  const landed: Verdict["landed"] = { afterWorks: {}, at: {} };
  const verdict: Verdict = { violations: [], recorded: 0, companions: {}, landed };
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
    const child = await judgeCompanion(store, run, { parent: history, ledger });
    verdict.violations.push(...child.violations);
    for (const [end, times] of Object.entries(child.ends)) {
      verdict.companions[end] = (verdict.companions[end] ?? 0) + times;
    }
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
  yield* wrongPlaces(history);
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
