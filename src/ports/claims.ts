/** What a task says of a claim, the same for every store. */
import type { Task, TaskClaim, TaskUpdate } from "./store.ts";

/**
 * Whether the task stands as this claim leaves it: the claim was made before, and its answer was
 * lost.
 */
export function isClaimed(task: Task, { claim, attempt }: TaskClaim): boolean {
  return holdsTask(task, claim) && task.attempt === attempt;
}

/** Whether the claim may still update the task. A retry gives it up; only another claim takes it. */
export function holdsTask(task: Task, claim: string): boolean {
  return task.claim === claim && task.lease !== undefined && !task.end;
}

/**
 * Whether the task stands as this update leaves it: the update was made before, and its answer was
 * lost.
 */
export function isWritten(task: Task, update: TaskUpdate): boolean {
  if (task.claim !== update.claim) return false;
  switch (update.type) {
    case "renew":
      return false;
    case "retry":
      return !task.end && task.retryAt === update.retryAt && isSame(task.error, update.error);
    case "finish":
      return isSame(task.end, update.end);
  }
}

function isSame(kept: unknown, given: unknown): boolean {
  return JSON.stringify(kept) === JSON.stringify(given);
}
