/**
 * The tasks of runs: one for each time that a step is scheduled, by a number. That is its command the first
 * time, and later one beyond all commands, of 53 bits at most, so that a task is never used again.
 *
 * S11. `claim` gives one attempt to one claim: not while another claim's lease lasts, not before
 *      `retryAt`, not once finished, not once stopped. Otherwise it answers the task as it stands.
 * S12. `update` (renew, retry, finish) works only for the claim that holds the task and only
 *      while it is unfinished; repeating one that was written is a success.
 * S13. `stop` marks tasks unconditionally, also such as were never claimed.
 * S14. `get` is strongly consistent.
 * S15. Done marks are a set: marking twice is marking once; unmarking removes just what is named.
 */
import type { Task, TaskEnd } from "../../core/task.ts";
import type { Encoded } from "../../core/value.ts";
import type { RunKey } from "./run-head.ts";

export type { Task, TaskEnd };

export interface TaskStore {
  claim(key: RunKey, command: number, claim: TaskClaim): Promise<TaskAnswer>;
  update(key: RunKey, command: number, update: TaskUpdate): Promise<TaskAnswer>;
  stop(key: RunKey, commands: readonly number[]): Promise<void>;
  /** Those of them that were claimed or stopped, in the order in which they are named. */
  get(key: RunKey, commands: readonly number[]): Promise<Task[]>;
  markDone(key: RunKey, command: number): Promise<void>;
  doneMarks(key: RunKey): Promise<number[]>;
  unmarkDone(key: RunKey, commands: readonly number[]): Promise<void>;
}

export interface TaskClaim {
  claim: string;
  lease: number;
  /** The attempt this claim makes: any for a task that was never claimed, else one more than its last. */
  attempt: number;
  startedAt: number;
  /** A retry is due when its `retryAt` is not after this. */
  now: number;
  /** Another claim is over when its lease ended before this: `now`, less what clocks may disagree by. */
  leaseEndedBefore: number;
}

export type TaskChange =
  | { type: "renew"; lease: number }
  | { type: "retry"; retryAt: number; error: Encoded; leftBehind?: true }
  | { type: "finish"; end: TaskEnd };

/** What the claim that holds a task changes in it. */
export type TaskUpdate = TaskChange & { claim: string };

/** Whether it took effect, and the task as it stands after it. */
export interface TaskAnswer {
  ok: boolean;
  task: Task;
}
