/**
 * The heads of runs, and the lists of them.
 *
 * The run
 *  S1. `create` writes a head that does not exist yet, or whose retention is over; otherwise it
 *      answers the head that stands there and changes nothing. If that is its own, by its
 *      incarnation, it has created it: the answer of the first try was lost.
 *  S2. `get` is strongly consistent. A head whose retention is over reads as absent.
 *
 * The head
 *  S8. `patch` changes a head only if it has not ended and was not written at a later position.
 *  S9. `patch` moves `dueAt` sooner freely; later or away only from the value that was read, or
 *      to the one it has: a change whose answer was lost may be made again. So may a `moveDue`.
 * S10. `moveDue` moves `dueAt` only from the value that was read, at any position, never of an ended run.
 *
 * Lists
 * S16. `list` answers newest first, filtered, and pages through all by its cursor; a cursor that
 *      it did not make is an `InvalidInputError`. A run that exists all the while is not missed,
 *      whatever happens to it meanwhile. A page ends with its limit, with 1 MB, or after so many runs
 *      that do not fit; so it may be short or empty, and have a cursor.
 * S17. `listDue` answers the runs whose `dueAt` is not after a time, soonest first, and only such as
 *      have not ended; and rows (S24), whatever became of their runs. It may be out of date; the caller
 *      reads the head before it decides.
 *
 * Damage
 * S23. `setAside` moves the `dueAt` of a run whose head is damaged and that has not ended, so that
 *      the sweep looks again only then, and answers whether it is the first to do so. It leaves a head
 *      alone that can be read.
 */
import type { RunStatus } from "../../core/run.ts";
import type { Row } from "./rows.ts";
import type { HeadChange, RunHead, RunKey, StartedHead } from "./run-head.ts";

export interface RunStore {
  create(head: StartedHead, now: number): Promise<CreateAnswer>;
  get(runId: string, now: number): Promise<RunHead | undefined>;
  patch(key: RunKey, patch: HeadPatch): Promise<PatchAnswer>;
  moveDue(key: RunKey, move: DueMove): Promise<boolean>;
  setAside(runId: string, until: number): Promise<boolean>;
  list(filter: RunFilter, page: PageRequest): Promise<RunPage>;
  listDue(wanted: DueRequest): Promise<DueRun[]>;
}

export type CreateAnswer = { created: true } | { created: false; head: RunHead };

export interface HeadPatch {
  /** The log position at which the change was decided. */
  position: number;
  change: HeadChange;
  /** The `dueAt` that stood there when the change was decided. */
  readDueAt: number | undefined;
}

export type PatchAnswer = { ok: true } | { ok: false; head: RunHead | undefined };

export interface DueMove {
  /** The `dueAt` that was read. */
  from: number;
  to: number;
  resends: number;
}

export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

export interface DueRequest {
  until: number;
  limit: number;
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
  /** Only the children of the run with this id. */
  parent?: string | undefined;
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
  /** Which of its logs it is in. */
  generation?: number;
  expiresAt?: number;
  /** What is wrong with it. */
  damage: string;
}

export interface RunPage {
  runs: (RunHead | DamagedRun)[];
  cursor?: string;
}

/** What is due: the head of a run, or a row. */
export interface DueRun {
  runId: string;
  dueAt: number;
  row?: Row;
}
