/** Holds what became of a run's child against what its parent's log says of it. */
import type { Store } from "../../../src/engine/index.ts";
import { type History, historyOf, isOf } from "../../../src/testing/history.ts";
import { brokenInvariants } from "../../../src/testing/index.ts";
import { brokenReplays } from "../../../src/testing/replay-invariants.ts";
import { companion, companionOf } from "../deployment/journey.ts";
import type { Ledger } from "./ledger.ts";
import type { PlannedRun } from "./plan.ts";
import { wrongCleanup, wrongPlaces, wrongResults } from "./travels.ts";

export interface Companions {
  /** By the type of their last event, how many ended so. */
  ends: Record<string, number>;
  violations: string[];
}

/** @param parent the history of the run, which has ended. */
export async function judgeCompanion(
  store: Store,
  { runId, escorted, endless }: PlannedRun,
  { parent, ledger }: { parent: History; ledger: Ledger },
): Promise<Companions> {
  const id = companionOf(runId);
  const head = await store.runs.get(id, Date.now());
  const isBorn = parent.events.some((each) => isOf(each, "child.started"));
  if (!head || !isBorn || !escorted) {
    const violations = [];
    if (head && !isBorn) violations.push(`${id}: it is there, and its parent knows nothing of it`);
    if (!head && isBorn) violations.push(`${id}: it is not there`);
    if (isBorn && !escorted) violations.push(`${id}: nobody wanted it`);
    if (escorted && !isBorn && !parent.delivery) violations.push(`${id}: it was never born`);
    return { ends: {}, violations };
  }
  const log = await store.log.read(head, { from: 0 });
  const history = historyOf(log);
  const broken = [
    ...brokenInvariants(log, head),
    ...(await brokenReplays(companion, head, log)),
    ...wrongEnd(history, { parent, endless }),
    ...wrongResults(history, ledger.of(id)),
    ...wrongCleanup(history),
  ];
  const type = history.end?.event.type ?? "no end";
  return { ends: { [type]: 1 }, violations: broken.map((violation) => `${id}: ${violation}`) };
}

/** It goes as far as its parent does, and stops when that is to stop; its parent is told once what it came to. */
function* wrongEnd(
  history: History,
  { parent, endless }: { parent: History; endless: boolean },
): Iterable<string> {
  const type = history.end?.event.type ?? "no end";
  const mayComplete = !endless && !history.delivery;
  const mayBeCancelled = parent.delivery !== undefined && history.delivery !== undefined;
  const isRight =
    (type === "workflow.completed" && mayComplete) ||
    (type === "workflow.cancelled" && mayBeCancelled);
  if (!isRight) yield `ended by ${type}`;
  yield* wrongPlaces(history);
  const told = parent.events.flatMap((each) =>
    isOf(each, "child.completed", "child.failed", "child.cancelled", "child.abandoned")
      ? [each.event.type]
      : [],
  );
  if (told.join() !== TOLD_AS[type]) yield `ended by ${type}, and its parent says "${told}"`;
}

const TOLD_AS: Readonly<Record<string, string>> = {
  "workflow.completed": "child.completed",
  "workflow.cancelled": "child.cancelled",
};
