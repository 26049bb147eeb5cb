/** A run's summary: what stands of it beside its log. */
import type { Entry } from "../../core/events.ts";
import type {
  CancellationRecord,
  Failure,
  PauseRecord,
  Problem,
  RunStatus,
  TerminationRecord,
} from "../../core/run.ts";
import type { Encoded } from "../../core/value.ts";

/** A run's key. Everything of a run but its head is kept under both parts. */
export interface RunKey {
  runId: string;
  /** Random; tells this run from an older one with the same id whose items are not yet deleted. */
  incarnation: string;
}

/** The run that a child belongs to. */
export interface ParentLink extends RunKey {
  /** By which the parent's code asked for it. */
  command: number;
  /** How many runs are above the child: 1 below a run that is nobody's child. */
  depth: number;
}

/** Which log of its run a head is the head of. */
export interface GenerationLink {
  /** Counted from 1. */
  number: number;
  /** The incarnation of the first one, from which those of all others follow. */
  first: string;
}

/** A run's summary, and entry 0 of its log. Times are milliseconds since the epoch. */
export interface RunHead extends RunKey {
  workflow: string;
  version: string;
  /** Entry 0 of the log, with the `workflow.started` event, if it is small; the log has it always. */
  start?: Entry;
  tags: string[];
  /** Of a child. */
  parent?: ParentLink;
  /** Of a run whose log was exchanged: left out in the first generation. */
  generation?: GenerationLink;
  createdAt: number;
  /** No code of the run may run before. */
  startAt?: number;
  status: RunStatus;
  /** The log position at which the head was last written. */
  position: number;
  startedAt?: number;
  endedAt?: number;
  /** When the sweep should look at the run. Absent once it has ended. */
  dueAt?: number;
  /** How often the sweep has sent the run again since it last made progress. */
  resends: number;
  /** Since when it is paused; nothing of one that goes on, is to stop or has ended. */
  pause?: PauseRecord;
  cancellation?: CancellationRecord;
  termination?: TerminationRecord;
  problem?: Problem;
  /** A copy of the output or error of an ended run, if it is small; the log has it always. */
  closing?: { output: Encoded } | { error: Encoded };
  /** What the error of an ended run says in short. */
  failure?: Failure;
  /** When a run that is still alive must have its log kept on, lest retention deletes it. */
  keepAt: number;
  /** When retention ends, once the run has ended. */
  expiresAt?: number;
}

/** A head as it is created: with entry 0, whatever its size. */
export interface StartedHead extends RunHead {
  start: Entry;
}

/** The log in which a run goes on: its next generation. */
export interface NextLog {
  incarnation: string;
  generation: GenerationLink;
  version: string;
  /** Its entries, from entry 0 on. */
  entries: readonly [Entry, ...Entry[]];
  /** Entry 0 of the log that is over, which its head may have had alone. */
  past: Entry;
}

/** What a write changes in a head. `null` removes. */
export interface HeadChange {
  status?: RunStatus;
  startedAt?: number;
  endedAt?: number;
  dueAt?: number | null;
  resends?: number;
  keepAt?: number;
  pause?: PauseRecord | null;
  cancellation?: CancellationRecord;
  termination?: TerminationRecord;
  problem?: Problem | null;
  closing?: { output: Encoded } | { error: Encoded };
  failure?: Failure;
  expiresAt?: number;
}
