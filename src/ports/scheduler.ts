/**
 * What makes the next function invocation happen.
 *
 * C1. `send` resolves only when every message is kept; if it throws, some may have been kept.
 * C2. A kept message is handed in at least once, not before its delay, in any order.
 * C3. A message whose turn ends with an error is handed in again, after a pause.
 * C4. A delay of up to `maxDelayMs` is kept; the engine never asks for a longer one. A scheduler
 *     that keeps none says 0; what has to wait is then left to the sweep.
 * C5. Of a message that it gives up for good it tells whoever asked to be told, so that the run can
 *     say why it stands still. What a queue gives up by itself comes to its dead letters instead.
 */

/** The message that makes the next turn of a run happen. `{ runId }` alone means: look at this run. */
export interface Continuation {
  runId: string;
  /** The task that this invocation should run, by its command. */
  task?: number | undefined;
  /** The child that has ended, by its command. */
  child?: number | undefined;
  /** The claim whose end this message waits for. */
  claim?: string | undefined;
  /** The timer that this message was delayed to, in milliseconds since the epoch. */
  timer?: number | undefined;
  /** Sent by the sweep, which will look after the run again by itself. */
  sweep?: boolean | undefined;
  /**
   * When it first came to an engine that does not know the version of its run, in milliseconds since
   * the epoch.
   */
  unknownSince?: number | undefined;
}

export interface Message {
  continuation: Continuation;
  delayMs?: number;
}

/** Takes what was given up, and why; never throws. */
export type GivenUp = (runId: string, why: Error) => Promise<void>;

export interface Scheduler {
  /** Left out: `MAX_DELAY_MS`. */
  readonly maxDelayMs?: number;
  /** Whether all that an engine sends comes back to itself, and to no other. Left out: it does not. */
  readonly returnsHere?: boolean;
  send(messages: readonly Message[]): Promise<void>;
  /** Left out where the scheduler itself gives nothing up. The engine asks once, when it is made. */
  onGivenUp?(tell: GivenUp): void;
}

/** The longest delay that any scheduler is asked for. Longer waits are left to the sweep. */
export const MAX_DELAY_MS = 900_000;
