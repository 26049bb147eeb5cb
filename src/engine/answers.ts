/** What the calls of an engine answer; of a run, see its record. */
import type { RunStatus } from "../core/run.ts";
import type { RunEvent } from "../core/shown-event.ts";
import type { CancelOptions, WaitOptions } from "./options.ts";

export interface RunHandle<Out> {
  readonly runId: string;
  readonly status: RunStatus;
  /** Whether the run had been started before by the same key or id. */
  readonly existing: boolean;
  /** The output; throws the run's error, or `TimeoutError`. */
  result(options?: WaitOptions): Promise<Out>;
  cancel(options?: CancelOptions): Promise<CancelAnswer>;
}

export interface CancelAnswer {
  runId: string;
  outcome: "requested" | "already-requested" | "already-ended";
  status: RunStatus;
}

export interface TerminateAnswer {
  runId: string;
  outcome: "terminated" | "already-ended";
  status: RunStatus;
}

export interface PauseAnswer {
  runId: string;
  /** `cancelling`: it was asked to stop, so nothing but its clean-up is left of it. */
  outcome: "paused" | "already-paused" | "cancelling" | "already-ended";
  status: RunStatus;
}

export interface ResumeRunAnswer {
  runId: string;
  outcome: "resumed" | "not-paused" | "already-ended";
  status: RunStatus;
}

export interface WakeAnswer {
  runId: string;
  outcome: "woken" | "already-ended";
  status: RunStatus;
}

export interface ResumeAnswer {
  /** The run that the hook is of. */
  runId: string;
}

export interface SendAnswer {
  runId: string;
  /** Whether a message with its id came before. */
  duplicate: boolean;
}

/** A hook that takes a payload now. */
export interface OpenHook {
  /** Its name. */
  hook: string;
  /** Its place in the order in which the code asked for things. */
  command: number;
  /** Whoever has it may answer. */
  token: string;
  createdAt: Date;
  expiresAt?: Date;
  /** What a payload must be, as JSON Schema, if the hook's own schema tells one in short. */
  schema?: Record<string, unknown>;
}

export interface EventPage {
  events: RunEvent[];
  /** Whose log they are of: each generation of a run has one, and counts its events anew. */
  generation: number;
  /** There is more after the last of these. */
  more?: true;
}

export interface SweepAnswer {
  /** How many runs were due, and were sent again. */
  sent: number;
  /** With a horizon: how many runs will be due within it, and were sent with the delay left. */
  announced?: number;
}
