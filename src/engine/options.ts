/** What the calls of an engine take besides what they are about. */
import type { Duration } from "../core/duration.ts";
import type { RunStatus } from "../core/run.ts";

export interface StartOptions {
  /** Chosen by the caller; starting the same run again answers the run that exists. */
  runId?: string | undefined;
  /** Within one workflow, the same key starts one run. */
  idempotencyKey?: string | undefined;
  tags?: readonly string[] | undefined;
  startAt?: Date | undefined;
}

export interface WaitOptions {
  timeout?: Duration | undefined;
}

export interface CancelOptions {
  reason?: string | undefined;
  requestedBy?: string | undefined;
  /** Wait until the run has ended. */
  wait?: boolean | undefined;
  /** How long to wait; default 30 s. */
  timeout?: Duration | undefined;
  /** How long clean-up may take, from the delivery on. What executes before is let finish. */
  gracePeriod?: Duration | undefined;
}

export interface TerminateOptions {
  reason?: string | undefined;
  requestedBy?: string | undefined;
}

export interface PauseOptions {
  reason?: string | undefined;
  requestedBy?: string | undefined;
}

export interface ResumeOptions {
  /** The same delivery again, by the same id, changes nothing and is answered as the first time. */
  deliveryId?: string | undefined;
}

export interface SendOptions {
  /** The same message again, by the same id, changes nothing and is answered as a duplicate. */
  messageId?: string | undefined;
  /** Who sends it, for those who look at the run. */
  sentBy?: string | undefined;
}

export interface RunQuery {
  status?: RunStatus | undefined;
  /** Only runs that have ended, or only such as go on. */
  ended?: boolean | undefined;
  workflow?: string | undefined;
  version?: string | undefined;
  tag?: string | undefined;
  /** Only runs that something keeps from going on, or only others. */
  problem?: boolean | undefined;
  /** Only the children of the run with this id. */
  parent?: string | undefined;
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
  /** 1 to 1000, default 50. */
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** Which runs are meant, wherever they stand in a list. */
export type RunFilter = Omit<RunQuery, "limit" | "cursor">;

export interface ChildQuery {
  /** 1 to 1000, default 50. */
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface EventQuery {
  /** Whose log is read, from 1. Default: that in which the run is now. */
  generation?: number | undefined;
  /** A `seq`: what follows it is answered. */
  after?: number | undefined;
  /** 1 to 1000, default 1000. A page also ends at 1 MB. */
  limit?: number | undefined;
}

export interface TurnOptions {
  /**
   * How long this function may still run, in milliseconds: bounds the lease of a claim, and how long code
   * that outlives its timeout is waited for.
   */
  remainingMs?: (() => number) | undefined;
  /**
   * Whether who calls gives the continuation to another engine where this one throws
   * `WorkflowNotFoundError`. Left out: this engine hands it on through its scheduler.
   */
  handBack?: boolean | undefined;
  /** When the continuation was due, if that is known; in milliseconds since the epoch. */
  dueAt?: number | undefined;
}

export interface SweepOptions {
  /** How far ahead to look: until the next round, in milliseconds. Default 0: what is due now. */
  horizonMs?: number | undefined;
}
