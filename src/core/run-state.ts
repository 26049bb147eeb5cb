/**
 * What a log says so far. Only commands that are still open are kept: what is settled is history,
 * and the replay checks it against the log itself.
 */
import type { Mailbox } from "./mailbox.ts";
import type { OpenCommands, Side } from "./open-commands.ts";
import type { FamilyRecord } from "./run.ts";
import type { Encoded } from "./value.ts";

export interface CancellationState {
  reason?: string | undefined;
  requestedBy?: string | undefined;
  requestedAt: number;
  /** The time that clean-up has from the delivery on. */
  gracePeriodMs: number;
  /** What it was asked for: its log has so many events that it ends as failed. */
  eventLimit?: number | undefined;
  delivered?: Delivery;
  /** Step commands of shields that were opened after the delivery: the clean-up. */
  cleanupSteps: number;
  /** The children that are cancelled with it: how many lived at the request, and have ended since. */
  children: FamilyRecord;
}

export interface Delivery {
  at: number;
  checkpoint: string;
  /** When clean-up must have ended; then the run is terminated. */
  deadline: number;
}

export interface RunState {
  workflow: string;
  version: string;
  /** When the run began, whichever generation of it this is. */
  startedAt: number;
  input: Encoded;
  /** No code of the run may run before. */
  startAt?: number;
  /**
   * The first entry that code of the run led to: what was sent to the run, or asked of it, may come
   * before it.
   */
  begun?: { at: number; position: number };
  /** Where the next entry goes. */
  position: number;
  /** How many events its log has. */
  events: number;
  /** When the last entry was written. */
  at: number;
  open: OpenCommands;
  /** What its channels were sent, if anything. */
  mailbox?: Mailbox;
  /** Since when nothing unshielded begins or goes on, and why. */
  pause?: PauseState;
  /** It was paused, and resumed. */
  resumed?: true;
  cancellation?: CancellationState;
  ended?: "completed" | "failed" | "cancelled" | "terminated";
  /** The run goes on in another log. */
  continued?: true;
  /** Who ended it at once, and why. */
  termination?: TerminationState;
}

export interface TerminationState {
  reason?: string | undefined;
  requestedBy?: string | undefined;
}

export interface PauseState {
  reason?: string | undefined;
  requestedBy?: string | undefined;
  at: number;
}

/** Whether nothing unshielded may start or go on: the run is to stop, or to rest. */
export function isHeldBack({ cancellation, pause }: RunState): boolean {
  return cancellation !== undefined || pause !== undefined;
}

/** The open commands that may start or go on: shielded ones, and all where nothing is held back. */
export function freeSides(state: RunState): readonly Side[] {
  const { shielded, unshielded } = state.open;
  return isHeldBack(state) ? [shielded] : [unshielded, shielded];
}

/** The open commands whose time may come: of a run that rests too, only not of one that is to stop. */
export function awaitedSides({ open, cancellation }: RunState): readonly Side[] {
  return cancellation ? [open.shielded] : [open.unshielded, open.shielded];
}

/** Whether a step executes or is to be executed, as far as the log tells. */
export function hasOpenSteps({ open }: RunState): boolean {
  for (const side of [open.unshielded, open.shielded]) {
    for (const _ of side.claims()) return true;
    for (const _ of side.tasks()) return true;
  }
  return false;
}

/** When the run began: delayed ones begin at the time they were given. */
export function beganAt({ startedAt, startAt }: RunState): number {
  return Math.max(startedAt, startAt ?? startedAt);
}

/**
 * The time at which the run is ended whatever its code does: the end of its clean-up's grace, or of
 * its longest duration. Between a request and its delivery there is none, because executing steps
 * are let finish.
 */
export function deadlineOf(state: RunState, maxDurationMs: number | undefined): number | undefined {
  if (state.cancellation) return state.cancellation.delivered?.deadline;
  return maxDurationMs === undefined ? undefined : beganAt(state) + maxDurationMs;
}
