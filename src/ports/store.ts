/**
 * Where runs are kept. The engine's promises rest on numbered clauses; each has a conformance test of
 * the same number, which every adapter passes. Those of one noun stand with it: runs (S1, S2, S8 to
 * S10, S16, S17, S23), their logs (S3 to S7, S24, S25, S30, S31, S35, S36), their tasks (S11 to S15), their
 * children (S32, S33). These hold for every call.
 *
 * Failure
 * S18. A call either takes effect whole or not at all. One without an answer throws
 *      `StoreUnavailableError`. It is repeated with the same ids: by the store itself, if it says
 *      `repeatsCalls`, until its own time is up; else by the engine, a few times.
 * S19. Values larger than the store can keep are refused with `PayloadTooLargeError` before anything
 *      is written.
 * S20. What is read is the caller's own copy: changing it changes nothing in the store.
 *
 * Retention
 * S21. Everything of a run may be deleted twice `retentionMs` after it was written, in any order;
 *      `log.keep` puts that off for all of it, counted from now. A head is deleted only after its
 *      `expiresAt`.
 *
 * Damage
 * S22. What does not fit its shape (see `shapes.ts`), as after damage or a rollback, is refused with
 *      `StoreDamagedError` where it is read. In a list it is one row, and takes no other with it.
 */
import type { ChildStore } from "./store/children.ts";
import type { LogStore } from "./store/log.ts";
import type { RunStore } from "./store/runs.ts";
import type { TaskStore } from "./store/tasks.ts";

export type { ChildStore, EndMark, KeptMark, LeftMark } from "./store/children.ts";
export type {
  AppendAnswer,
  AppendOptions,
  KeptEntry,
  LogRange,
  LogStore,
} from "./store/log.ts";
export type { EntryRow, MarkRow, Row, RowName } from "./store/rows.ts";
export type {
  GenerationLink,
  HeadChange,
  NextLog,
  ParentLink,
  RunHead,
  RunKey,
  StartedHead,
} from "./store/run-head.ts";
export type {
  CreateAnswer,
  DamagedRun,
  DueMove,
  DueRequest,
  DueRun,
  HeadPatch,
  PageRequest,
  PatchAnswer,
  RunFilter,
  RunPage,
  RunStore,
} from "./store/runs.ts";
export type {
  Task,
  TaskAnswer,
  TaskChange,
  TaskClaim,
  TaskEnd,
  TaskStore,
  TaskUpdate,
} from "./store/tasks.ts";

export interface Store {
  readonly retentionMs: number;
  /** Whether the store itself repeats what got no answer (S18). Left out: the engine does. */
  readonly repeatsCalls?: boolean;
  readonly runs: RunStore;
  readonly log: LogStore;
  readonly tasks: TaskStore;
  readonly children: ChildStore;
}
