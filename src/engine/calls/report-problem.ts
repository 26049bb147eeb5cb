import { DetentError } from "../../core/errors.ts";
import { isEnded } from "../../core/run.ts";
import { textOf } from "../../core/thrown.ts";
import { changeForProblem } from "../commit/record-problem.ts";
import type { Parts } from "../services.ts";

const TRIES = 3;

/**
 * Records on a run's head that a message for it was given up, and why. Neither its log nor its code
 * is looked at: they may be what made every turn fail.
 */
export async function reportGivenUp(parts: Parts, runId: string, thrown: unknown): Promise<void> {
  const { store, clock, sessions } = parts;
  const error = asProblem(thrown);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const head = await store.head(runId, clock.now());
    if (!head || isEnded(head.status)) return;
    const change = changeForProblem(parts, head, head.cancellation?.deadline, error);
    const { ok } = await store.patchHead(head, head.position, change, head.dueAt);
    if (!ok) continue;
    parts.observing.problem(head, change.problem);
    // What is kept here of the run does not know of its problem, and could not take it away.
    const session = sessions.get(runId);
    if (session && !session.busy) sessions.drop(runId, session);
    return;
  }
}

function asProblem(thrown: unknown): DetentError {
  if (thrown instanceof DetentError) return thrown;
  const why = textOf(thrown);
  return new DetentError("turn.failed", `A turn of the run failed: ${why}`, { cause: thrown });
}
