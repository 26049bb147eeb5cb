/** How a delivery that was sent to run one task claims it. */
import { isTask } from "../../core/commands/index.ts";
import type { PendingStep, ScheduledStep } from "../../core/commands/step.ts";
import { StepLostError } from "../../core/errors.ts";
import { taskByOwnClock } from "../../core/own-clock.ts";
import { endOf } from "../../core/settle.ts";
import { isFree } from "../../core/situation.ts";
import type { Task } from "../../core/task.ts";
import { encodeError } from "../../core/value.ts";
import type { TaskChange } from "../../ports/store.ts";
import type { TurnLimits } from "../commit/plan.ts";
import type { Services } from "../services.ts";
import { ownClock } from "../session/own-clock.ts";
import type { Session } from "../session/session.ts";

export interface Claimed {
  type: "claimed";
  step: PendingStep;
  /** As it was scheduled when it was claimed. */
  scheduled: ScheduledStep;
  claim: string;
  attempt: number;
  until: number;
}

export type ClaimAnswer =
  | Claimed
  | { type: "finished"; task: Task }
  | { type: "later"; at: number; claim: string | undefined }
  | { type: "advance" };

export const ADVANCE: ClaimAnswer = { type: "advance" };

export async function claimTask(
  session: Session,
  step: PendingStep,
  { leaseMs }: Pick<TurnLimits, "leaseMs">,
): Promise<ClaimAnswer> {
  const { clock, settings, newId } = session.services;
  const { state, tasks } = session;
  const scheduled = state.open.get(step.command);
  if (!isTask(scheduled)) return ADVANCE;
  // Whoever knows of a request sees to it that nothing unshielded starts any more.
  if (!isFree(state, scheduled)) await tasks.stop([scheduled]);
  let { attempt } = scheduled;
  let previous: Task | undefined;
  for (;;) {
    const now = clock.now();
    const lease = now + leaseMs(step);
    const id = newId();
    const leaseEndedBefore = now - settings.skewMs;
    const wanted = {
      claim: id,
      lease,
      attempt,
      startedAt: now,
      ...over(previous, { now, leaseEndedBefore }),
    };
    const { ok, task } = await tasks.claim(scheduled, wanted);
    const own = taskByOwnClock(task, ownClock(session.services, session.key));
    if (ok) {
      session.services.observing.claimed(session.head, { step: scheduled, previous }, now);
      return { type: "claimed", step, scheduled, claim: id, attempt, until: lease };
    }
    if (task.end) return endOf(task, scheduled) ? { type: "finished", task } : ADVANCE;
    if (own.lease !== undefined && own.lease >= leaseEndedBefore) {
      return { type: "later", at: freeAt(session.services, own.lease), claim: task.claim };
    }
    if (task.stop) return ADVANCE;
    if (own.retryAt !== undefined && own.retryAt > now) {
      return { type: "later", at: own.retryAt, claim: undefined };
    }
    // Who failed has said when the next attempt comes: that one is made, whatever the policy is by now.
    const isLost = task.lease !== undefined;
    if (isLost && task.attempt >= step.policy.attempts) {
      return await giveUp(session, scheduled, task);
    }
    attempt = task.attempt + 1;
    previous = task;
  }
}

/**
 * What counts as over by this clock, though another that is ahead has stamped it with a later time: just
 * what was seen, so a claim that was renewed since is not taken over.
 */
function over(
  previous: Task | undefined,
  { now, leaseEndedBefore }: { now: number; leaseEndedBefore: number },
): { now: number; leaseEndedBefore: number } {
  const { lease = Number.NEGATIVE_INFINITY, retryAt = now } = previous ?? {};
  return { now: Math.max(now, retryAt), leaseEndedBefore: Math.max(leaseEndedBefore, lease + 1) };
}

/** When a task is free again whose claim nobody renews. */
export function freeAt({ settings }: Services, lease: number): number {
  return lease + settings.skewMs + 1;
}

/** The last attempt was lost with its function: that ends the step, in the name of its claim. */
async function giveUp(
  session: Session,
  scheduled: ScheduledStep,
  { claim: lost, attempt }: Task,
): Promise<ClaimAnswer> {
  if (lost === undefined) return ADVANCE;
  const error = encodeError(new StepLostError({ step: scheduled.name, attempt }));
  const update: TaskChange = { type: "finish", end: { type: "failed", error } };
  const { task } = await session.tasks.update(scheduled, { claim: lost, ...update });
  return task.end ? { type: "finished", task } : ADVANCE;
}
