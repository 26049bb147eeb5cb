import type { Encoded } from "./value.ts";

/** A step that was sent to an invocation of its own. */
export interface Task {
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
