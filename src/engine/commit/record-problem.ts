import { backoffMs } from "../../core/backoff.ts";
import type { DetentError } from "../../core/errors.ts";
import type { Problem } from "../../core/run.ts";
import type { RunState } from "../../core/run-state.ts";
import type { HeadChange, RunHead } from "../../ports/store.ts";
import type { Services } from "../services.ts";
import type { Session } from "../session/session.ts";
import { patch } from "./write-head.ts";

const LONGEST_PAUSE_MS = 3_600_000;
const LONGEST_MESSAGE = 2000;

/**
 * Records why a turn could not be done. The run is not failed by it: the sweep tries again, after
 * growing pauses, and a mended deployment goes on where the run was.
 */
export async function recordProblem(
  session: Session,
  { state, head }: { state: RunState; head: RunHead },
  error: DetentError,
): Promise<void> {
  // It helps to find the problem, and nothing that is appended would have it written.
  session.say();
  const { problem, ...due } = changeForProblem(
    session.services,
    { problem: head.problem, deadline: state.cancellation?.delivered?.deadline },
    error,
  );
  const change = { ...due, problem: { ...problem, position: state.position - 1 } };
  const lost = await session.headWrites.run(async () => {
    const standing = await patch(session, { state, head }, change);
    const still = standing && (await patch(session, { state, head: standing }, change));
    session.reported = { fault: error, position: state.position };
    return still;
  });
  if (!lost) tellProblem(session.services, head, change.problem);
  session.retired = true;
}

/** A run as far as a problem of it goes. */
interface Troubled {
  /** What was recorded before. */
  problem?: Problem | undefined;
  /** When clean-up has to be over. */
  deadline?: number | undefined;
}

/** What a problem changes in a head. */
export function changeForProblem(
  { clock, settings }: Services,
  { problem, deadline = Number.POSITIVE_INFINITY }: Troubled,
  { code, message }: DetentError,
): HeadChange & { problem: Problem } {
  const tries = (problem?.tries ?? 0) + 1;
  const at = clock.now();
  const pauseMs = backoffMs({ firstMs: settings.watchdogMs, longestMs: LONGEST_PAUSE_MS }, tries);
  const dueAt = Math.min(at + pauseMs, deadline);
  return { problem: { code, message: message.slice(0, LONGEST_MESSAGE), at, tries }, dueAt };
}

/** Says that a run cannot go on, in the log and to whoever observes. */
export function tellProblem(
  { logger, observing }: Services,
  head: RunHead,
  { code, message, tries, at }: Problem,
): void {
  const { runId, workflow } = head;
  logger.error(`Run ${runId} cannot go on: ${message}`, { runId, workflow, code, tries });
  observing.problem(head, { code, message, tries, at });
}
