/** What is told of a run. */
import type { ErrorSummary } from "../core/error-summary.ts";
import type { CleanupRecord, FamilyRecord, RunStatus } from "../core/run.ts";

export interface Cancellation {
  reason?: string;
  requestedBy?: string;
  requestedAt: Date;
  deliveredAt?: Date;
  /** Where it landed, such as `step ship` or `sleep`. */
  checkpoint?: string;
  /** When clean-up must have ended; then the run is terminated. Known from the delivery on. */
  deadline?: Date;
  cleanup?: CleanupRecord;
  /** The children that were asked to stop with it, and how many of them have ended since. */
  children?: FamilyRecord;
  /** The code ended by itself after the request, without meeting a checkpoint. */
  tooLate?: boolean;
  swallowed?: boolean;
}

/** Who holds the run back, since when and why. */
export interface Pause {
  reason?: string;
  requestedBy?: string;
  at: Date;
}

/** Who ended the run at once, when and why. */
export interface Termination {
  reason?: string;
  /** `detent` itself when the grace period ended, or when the code swallowed its cancellation in a loop. */
  requestedBy?: string;
  at: Date;
}

/** A run as a list shows it: without input and output, and of its error only what it says in short. */
export interface RunSummary {
  runId: string;
  /** Which of its logs the run is in, from 1: one more for each `continueAsNew`. */
  generation: number;
  workflow: string;
  version: string;
  status: RunStatus;
  error?: ErrorSummary;
  createdAt: Date;
  startedAt?: Date;
  endedAt?: Date;
  tags: string[];
  /** Of a child: the run that it belongs to, and by which command that asked for it. */
  parent?: { runId: string; command: number };
  /** Of a run that is paused. */
  pause?: Pause;
  termination?: Termination;
  cancellation?: Cancellation;
  problem?: { code: string; message: string; at: Date; tries: number };
}

/** A run's record. */
export interface Run extends RunSummary {
  input: unknown;
  output?: unknown;
  /**
   * What a run that goes on waits for, and since when: `step "charge", attempt 3 since …`. Left out
   * where its log is too long to be read for that at once.
   */
  waitingFor?: string;
  /** How many events the log of a run that goes on may have, as its workflow says here. */
  eventLimit?: number;
}

/** How a run ended: its output, or the error that `result` throws. */
export interface RunEnd {
  runId: string;
  status: RunStatus;
  output?: unknown;
  error?: unknown;
}
