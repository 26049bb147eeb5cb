import type { Encoded } from "./value.ts";

/**
 * The number of a step's task. A step that is scheduled afresh has another task, whose number tells the
 * entry that says so: what was written to the one before, such as a `stop`, is none of its concern.
 */
export function taskNumber(command: number, position = 0): number {
  return command + position * COMMANDS;
}

/** The command of the step that a task is of. */
export function commandOfTask(task: number): number {
  return task % COMMANDS;
}

/** More commands than any run has. */
const COMMANDS = 2 ** 32;

/** A step that was sent to an invocation of its own. */
export interface Task {
  /** Its number, as the store knows it; of one that is read for its run, the command of its step. */
  command: number;
  attempt: number;
  /** The claim that holds or last held it. */
  claim?: string;
  lease?: number;
  startedAt?: number;
  /** Not to be claimed before; set by an attempt that failed. */
  retryAt?: number;
  /** What the last failed attempt threw. */
  error?: Encoded;
  /** That attempt outlived its timeout, and its code was left behind while it still executed. */
  leftBehind?: true;
  stop?: boolean;
  end?: TaskEnd;
}

export type TaskEnd =
  | { type: "completed"; result: Encoded }
  | { type: "failed"; error: Encoded; leftBehind?: true }
  | { type: "cancelled"; error: Encoded };
