/** What may be done to a task (S11, S12), as functions of the task as it stands. */
import { holdsTask, isClaimed, isWritten } from "../../ports/claims.ts";
import type { Task, TaskClaim, TaskUpdate } from "../../ports/store.ts";
import { copy } from "./copy.ts";

/** The task once it is claimed; `undefined` if it may not be. */
export function claimed(
  task: Task | undefined,
  command: number,
  claim: TaskClaim,
): Task | undefined {
  const { attempt, lease, startedAt } = claim;
  if (task && isClaimed(task, claim)) return task;
  if (task && !mayClaim(task, claim)) return undefined;
  const { retryAt: _, ...kept } = task ?? { command };
  return { ...kept, command, attempt, claim: claim.claim, lease, startedAt };
}

function mayClaim(task: Task, { attempt, now, leaseEndedBefore }: TaskClaim): boolean {
  return (
    !task.stop &&
    !task.end &&
    attempt === task.attempt + 1 &&
    (task.retryAt === undefined || task.retryAt <= now) &&
    (task.lease === undefined || task.lease < leaseEndedBefore)
  );
}

/** The task once it is updated; `undefined` if this claim may not. */
export function updated(task: Task, update: TaskUpdate): Task | undefined {
  if (!holdsTask(task, update.claim)) return isWritten(task, update) ? task : undefined;
  if (update.type === "renew") return { ...task, lease: update.lease };
  if (update.type === "retry") {
    const { lease: _, leftBehind: __, ...kept } = task;
    const { retryAt, leftBehind } = update;
    const error = copy(update.error);
    return { ...kept, retryAt, error, ...(leftBehind && { leftBehind }) };
  }
  const { error: _, leftBehind: __, ...kept } = task;
  return { ...kept, end: copy(update.end) };
}
