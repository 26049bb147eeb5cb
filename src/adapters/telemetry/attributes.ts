/** The names under which spans and metrics show things. */
import type { Attributes } from "@opentelemetry/api";
import type { ObservedError, ObservedRun, StepPlace } from "../../ports/observer.ts";

export const RUN_ID = "detent.run.id";
const PARENT_ID = "detent.parent.run.id";
export const RUN_STATUS = "detent.run.status";
export const WORKFLOW = "detent.workflow.name";
const WORKFLOW_VERSION = "detent.workflow.version";
export const STEP = "detent.step.name";
export const STEP_STATUS = "detent.step.status";
const ATTEMPT = "detent.step.attempt";
const SHIELDED = "detent.step.shielded";
export const OUTCOME = "detent.step.outcome";
export const REASON = "detent.cancellation.reason";
export const REQUESTED_BY = "detent.cancellation.requested_by";
export const CHECKPOINT = "detent.cancellation.checkpoint";
export const TOO_LATE = "detent.cancellation.too_late";
export const SWALLOWED = "detent.cancellation.swallowed";
export const TERMINATION_REASON = "detent.termination.reason";
export const TERMINATED_BY = "detent.termination.requested_by";
export const CLEANUP_STEPS = "detent.cleanup.steps";
export const CLEANUP_FINISHED = "detent.cleanup.finished";
/** One of OpenTelemetry's own: a code, or the name of a class. */
export const ERROR_TYPE = "error.type";

export function attributesOfRun({ runId, workflow, version, parent }: ObservedRun): Attributes {
  return {
    [RUN_ID]: runId,
    [WORKFLOW]: workflow,
    [WORKFLOW_VERSION]: version,
    ...(parent && { [PARENT_ID]: parent.runId }),
  };
}

export function attributesOfStep({ step, attempt, shielded }: StepPlace): Attributes {
  return { [STEP]: step, [ATTEMPT]: attempt, [SHIELDED]: shielded };
}

export function typeOf({ code, name }: ObservedError): string {
  return code ?? name;
}
