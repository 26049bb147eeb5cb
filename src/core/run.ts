/** The words that describe a run: its statuses and what its record says of a cancellation. */

export const RUN_STATUSES = [
  "pending",
  "running",
  "suspended",
  "paused",
  "cancelling",
  "completed",
  "failed",
  "cancelled",
  "terminated",
] as const;

export type RunStatus = (typeof RUN_STATUSES)[number];

const ENDED: ReadonlySet<RunStatus> = new Set(["completed", "failed", "cancelled", "terminated"]);

/** Whether a run in this status is over. Such a status never changes. */
export function isEnded(status: RunStatus): boolean {
  return ENDED.has(status);
}

/** What clean-up a cancelled run did: step commands of shields opened after the delivery, and how long. */
export interface CleanupRecord {
  steps: number;
  finished: boolean;
  durationMs: number;
}

/** The children that a run asked to stop when it was asked itself, and how many of them have ended. */
export interface FamilyRecord {
  asked: number;
  ended: number;
}

/** Times are milliseconds since the epoch; the public record shows them as `Date`. */
export interface CancellationRecord {
  reason?: string;
  requestedBy?: string;
  requestedAt: number;
  deliveredAt?: number;
  checkpoint?: string;
  /** When clean-up must have ended and the run is terminated; known from the delivery on. */
  deadline?: number;
  cleanup?: CleanupRecord;
  /** Left out where there were none. */
  children?: FamilyRecord;
  /** The code ended by itself after the request, and nothing was delivered to it. */
  tooLate?: boolean;
  /** The code ended as if nothing had been delivered to it. */
  swallowed?: boolean;
}

/** Who holds a run back, since when and why. */
export interface PauseRecord {
  reason?: string;
  requestedBy?: string;
  at: number;
}

/** Who ended a run at once, when and why. */
export interface TerminationRecord {
  reason?: string;
  requestedBy?: string;
  at: number;
}

/** What the error of a run says in short; the log has it whole. */
export interface Failure {
  name: string;
  message: string;
  code?: string;
}

/** Why the last turn of a run could not be done. The run goes on when the cause is mended. */
export interface Problem {
  code: string;
  message: string;
  at: number;
  tries: number;
  /** The last entry of the log that the turn knew, if it came so far as to read it. */
  position?: number;
}
