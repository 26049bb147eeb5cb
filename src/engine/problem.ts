import type { DetentError } from "../core/errors.ts";
import { patch } from "./keep-head.ts";
import type { Parts } from "./parts.ts";
import type { Session } from "./session.ts";

const LONGEST_PAUSE_MS = 3_600_000;

/**
 * Records why a turn could not be done. The run is not failed by it: the sweep tries again, after
 * growing pauses, and a mended deployment goes on where the run was.
 */
export async function reportProblem(
  parts: Parts,
  session: Session,
  { code, message }: DetentError,
): Promise<void> {
  const { clock, settings, logger } = parts;
  const { runId, workflow } = session.head;
  const tries = (session.head.problem?.tries ?? 0) + 1;
  const at = clock.now();
  logger.error(`Run ${runId} cannot go on: ${message}`, { runId, workflow, code, tries });
  const pauseMs = Math.min(LONGEST_PAUSE_MS, settings.watchdogMs * 2 ** (tries - 1));
  const deadline = session.state.cancellation?.deadline ?? Number.POSITIVE_INFINITY;
  const dueAt = Math.min(at + pauseMs, deadline);
  const problem = { code, message: message.slice(0, 2000), at, tries };
  if (!(await patch(parts, session, { problem, dueAt }))) {
    await patch(parts, session, { problem, dueAt });
  }
  parts.sessions.drop(runId, session);
}
