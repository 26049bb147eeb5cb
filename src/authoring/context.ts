import type { Logger } from "../ports/logger.ts";

/** What a run was asked, as its code sees it. */
export interface CancellationNews {
  reason?: string;
  requestedBy?: string;
  requestedAt: Date;
}

/** What workflow and step code may ask about the run it belongs to. */
export interface Context {
  readonly runId: string;
  /** How often the run has begun as new by now, and once more: 1, unless it used `continueAsNew`. */
  readonly generation: number;
  readonly workflow: string;
  /** In a step: its name. */
  readonly step?: string;
  /** In a step: which attempt this is, from 1. */
  readonly attempt?: number;
  /** In a step: stable across its attempts, distinct between steps. In a workflow: the run id. */
  readonly idempotencyKey: string;
  /** Fires when the run is asked to stop; in a step also at its timeout. Not inside a shield. */
  readonly signal: AbortSignal;
  /** In a workflow: once a cancellation was delivered; in a step: as soon as it is known. */
  readonly cancellation?: CancellationNews | undefined;
  /** @throws CancellationError if the run was asked to stop, unless called inside a shield. */
  checkCancellation(): Promise<void>;
  /** In a workflow: the time of the last thing it saw, the same at every replay. */
  now(): Date;
  /** From 0 to 1. In a workflow: the same at every replay. */
  random(): number;
  /** A UUID. In a workflow: the same at every replay. */
  uuid(): string;
  /**
   * In a workflow: a line is written at most once, when what brought the code there is in the run's log.
   * In a step: as it comes, by each attempt.
   */
  readonly logger: Logger;
}
