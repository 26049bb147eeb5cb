/** What `cancel` and `terminate` ask for. Neither runs any code of the workflow. */
import { toMillis } from "../../core/duration.ts";
import { checkOptions, RULES } from "../../core/option-rules.ts";
import type { CancelAnswer, CancelOptions, TerminateAnswer, TerminateOptions } from "../engine.ts";
import type { Worker } from "../session/worker.ts";
import { terminateFamily } from "../stopping/closing-duties.ts";
import { askToStop } from "../stopping/stop-run.ts";
import { findRun } from "./find-run.ts";

/** Asks a run to stop at its next checkpoint. A second request does the first one's duties again. */
export async function requestCancel(
  worker: Worker,
  runId: string,
  { reason, requestedBy, gracePeriod }: CancelOptions,
): Promise<CancelAnswer> {
  checkOptions({ reason, requestedBy }, REQUEST);
  const gracePeriodMs =
    gracePeriod === undefined
      ? worker.settings.gracePeriodMs
      : toMillis(gracePeriod, "gracePeriod");
  return await askToStop(worker, await findRun(worker, runId), {
    reason,
    requestedBy,
    gracePeriodMs,
  });
}

/** Ends a run at once, without clean-up. */
export async function terminateRun(
  worker: Worker,
  runId: string,
  options: TerminateOptions,
): Promise<TerminateAnswer> {
  const { reason, requestedBy } = options;
  checkOptions({ reason, requestedBy }, REQUEST);
  return await terminateFamily(worker, await findRun(worker, runId), { reason, requestedBy });
}

const REQUEST = { reason: RULES.reason, requestedBy: RULES.reason };
