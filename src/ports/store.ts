/**
 * Where runs are kept. The engine's promises rest on these clauses; each has a conformance test of
 * the same number, which every adapter passes.
 *
 * The run and its log
 *  S1. `create` writes a head that does not exist yet, or whose retention is over; otherwise it
 *      answers the head that stands there and changes nothing. If that is its own, by its
 *      incarnation, it has created it: the answer of the first try was lost.
 *  S2. `head` is strongly consistent. A head whose retention is over reads as absent.
 *  S3. `append` writes an entry only where none stands; otherwise it changes nothing and answers
 *      the entry that stands there.
 *  S4. `append` of an entry that is there already with the same `id` is a success: the first try
 *      was written and its answer was lost.
 *  S5. `append` with a head change is atomic: both are written, or neither. It needs a head that
 *      has not ended; with an ended one it answers `ended`, and with none of this very run it
 *      throws `RunNotFoundError`.
 *  S6. `read` is strongly consistent and answers the entries from a position on, gapless, in order.
 *      From 0 it begins with the entry that the run was created with, which is in the head as well
 *      if it is small. A log with a gap in it is refused as damaged.
 *  S7. Logs of runs with the same id and another incarnation never mix.
 *
 * The head
 *  S8. `patchHead` changes a head only if it has not ended and was not written at a later position.
 *  S9. `patchHead` moves `dueAt` sooner freely; later or away only from the value that was read, or
 *      to the one it has: a change whose answer was lost may be made again. So may a `moveDue`.
 * S10. `moveDue` moves `dueAt` only from the value that was read, at any position, never of an ended run.
 *
 * Tasks
 * S11. `claimTask` gives one attempt to one claim: not while another claim's lease lasts, not before
 *      `retryAt`, not once finished, not once stopped. Otherwise it answers the task as it stands.
 * S12. `updateTask` (renew, retry, finish) works only for the claim that holds the task and only
 *      while it is unfinished; repeating one that was written is a success.
 * S13. `stopTasks` marks tasks unconditionally, also such as were never claimed.
 * S14. `tasks` is strongly consistent.
 * S15. Done marks are a set: marking twice is marking once; unmarking removes just what is named.
 *
 * Lists
 * S16. `listRuns` answers newest first, filtered, and pages through all by its cursor; a cursor that
 *      it did not make is an `InvalidInputError`. A run that exists all the while is not missed,
 *      whatever happens to it meanwhile. A page ends with its limit, with 1 MB, or after so many runs
 *      that do not fit; so it may be short or empty, and have a cursor.
 * S17. `listDue` answers the runs whose `dueAt` is not after a time, soonest first, and only such as
 *      have not ended. It may be out of date; the caller reads the head before it decides.
 *
 * Damage
 * S22. What does not fit its shape (see `shapes.ts`), as after damage or a rollback, is refused with
 *      `StoreDamagedError` where it is read. In a list it is one row, and takes no other with it.
 * S23. `setAside` moves the `dueAt` of a run whose head is damaged and that has not ended, so that
 *      the sweep looks again only then, and answers whether it is the first to do so. It leaves a head
 *      alone that can be read.
 *
 * Failure
 * S18. A call either takes effect whole or not at all. One without an answer throws
 *      `StoreUnavailableError`; the caller repeats it with the same ids.
 * S19. Values larger than the store can keep are refused with `PayloadTooLargeError` before anything
 *      is written.
 * S20. What is read is the caller's own copy: changing it changes nothing in the store.
 *
 * Retention
 * S21. Everything of a run may be deleted twice `retentionMs` after it was written, in any order;
 *      `keep` puts that off for all of it, counted from now. A head is deleted only after its
 *      `expiresAt`.
 */
import type { Entry } from "../core/events.ts";
import type {
  CancellationRecord,
  Failure,
  Problem,
  RunStatus,
  TerminationRecord,
} from "../core/run.ts";
import type { Task, TaskEnd } from "../core/task.ts";
import type { Encoded } from "../core/value.ts";

export type { Task, TaskEnd };

/** A run's key. Everything of a run but its head is kept under both parts. */
export interface RunKey {
  runId: string;
  /** Random; tells this run from an older one with the same id whose items are not yet deleted. */
  incarnation: string;
}

/** A run's summary, and entry 0 of its log. Times are milliseconds since the epoch. */
export interface RunHead extends RunKey {
  workflow: string;
  version: string;
  /** Entry 0 of the log, with the `workflow.started` event, if it is small; the log has it always. */
  start?: Entry;
  tags: string[];
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

/** What a write changes in a head. `null` removes. */
export interface HeadChange {
  status?: RunStatus;
  startedAt?: number;
  endedAt?: number;
  dueAt?: number | null;
  resends?: number;
  keepAt?: number;
  cancellation?: CancellationRecord;
  termination?: TerminationRecord;
  problem?: Problem | null;
  closing?: { output: Encoded } | { error: Encoded };
  failure?: Failure;
  expiresAt?: number;
}

export type AppendAnswer =
  | { outcome: "appended" }
  /** Another entry stands at that position. */
  | { outcome: "conflict"; entry: Entry }
  /** The run has ended; only for an append with a head change. */
  | { outcome: "ended"; head: RunHead };

export interface TaskClaim {
  claim: string;
  lease: number;
  /** The attempt this claim makes: any for a task that was never claimed, else one more than its last. */
  attempt: number;
  startedAt: number;
  /** A retry is due when its `retryAt` is not after this. */
  now: number;
  /** Another claim is over when its lease ended before this: `now`, less what clocks may disagree by. */
  leaseEndedBefore: number;
}

export type TaskUpdate =
  | { type: "renew"; lease: number }
  | { type: "retry"; retryAt: number; error: Encoded; leftBehind?: true }
  | { type: "finish"; end: TaskEnd };

/** Whether it took effect, and the task as it stands after it. */
export interface TaskAnswer {
  ok: boolean;
  task: Task;
}

export interface RunFilter {
  status?: RunStatus | undefined;
  /** Whether the run has ended. */
  ended?: boolean | undefined;
  workflow?: string | undefined;
  version?: string | undefined;
  tag?: string | undefined;
  /** Whether something keeps the run from going on; none that has ended has a problem. */
  problem?: boolean | undefined;
  /** Both exclusive. */
  createdAfter?: number | undefined;
  createdBefore?: number | undefined;
  /** Leaves out the runs whose retention was over at this time. */
  now?: number | undefined;
}

/** A run whose head cannot be read, as far as it can. */
export interface DamagedRun {
  runId: string;
  createdAt: number;
  /** Where it is unknown: how the run has ended, or `running`. */
  status: RunStatus;
  workflow?: string;
  version?: string;
  tags?: string[];
  expiresAt?: number;
  /** What is wrong with it. */
  damage: string;
}

export interface RunPage {
  runs: (RunHead | DamagedRun)[];
  cursor?: string;
}

export interface DueRun {
  runId: string;
  dueAt: number;
}

export interface Store {
  readonly retentionMs: number;

  create(
    head: StartedHead,
    now: number,
  ): Promise<{ created: true } | { created: false; head: RunHead }>;
  head(runId: string, now: number): Promise<RunHead | undefined>;
  append(key: RunKey, entry: Entry, change?: HeadChange): Promise<AppendAnswer>;
  read(key: RunKey, from: number, limit?: number): Promise<Entry[]>;
  keep(key: RunKey): Promise<void>;

  patchHead(
    key: RunKey,
    position: number,
    change: HeadChange,
    readDueAt: number | undefined,
  ): Promise<{ ok: true } | { ok: false; head: RunHead | undefined }>;
  moveDue(key: RunKey, from: number, to: number, resends: number): Promise<boolean>;
  setAside(runId: string, until: number): Promise<boolean>;

  claimTask(key: RunKey, command: number, claim: TaskClaim): Promise<TaskAnswer>;
  updateTask(key: RunKey, command: number, claim: string, update: TaskUpdate): Promise<TaskAnswer>;
  stopTasks(key: RunKey, commands: readonly number[]): Promise<void>;
  tasks(key: RunKey, commands: readonly number[]): Promise<Task[]>;
  markDone(key: RunKey, command: number): Promise<void>;
  doneMarks(key: RunKey): Promise<number[]>;
  unmarkDone(key: RunKey, commands: readonly number[]): Promise<void>;

  listRuns(filter: RunFilter, limit: number, cursor?: string): Promise<RunPage>;
  listDue(until: number, limit: number): Promise<DueRun[]>;
}
