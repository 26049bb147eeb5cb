/**
 * The logs of runs.
 *
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
 * S24. `append` with a `dueAt` leaves a row of its entry beside it, in the same write: `runs.listDue`
 *      answers it, and the entry says so wherever it is read. One that is made again leaves none anew.
 * S35. `append` with a next log also gives the head that log's incarnation, start, version and generation,
 *      at position 0, and writes its other entries, in the same write. It needs a head of this very
 *      incarnation that has not ended, and changes nothing else of it but what the change says.
 * S36. The log that is over is read under its own key as before, from 0 on, and appended to no more by
 *      whoever changes the head.
 * S25. `clearRows` takes away just the rows that are named, whatever became of their run. What has
 *      none stays as it is, and what is not there is not made.
 * S30. `append` with births also writes the heads of runs that do not exist yet, or whose retention is
 *      over, with their starts: all of them with the entry, or nothing. Where others have ids of
 *      theirs it answers which ones. It takes as many as `checkBirths` lets pass.
 * S31. `append` with an end mark leaves that with another run, in the same write, with a row of its own:
 *      whatever became of that run, and once however often it is made.
 */
import type { Entry } from "../../core/events.ts";
import type { LeftMark } from "./children.ts";
import type { RowName } from "./rows.ts";
import type { HeadChange, NextLog, RunHead, RunKey, StartedHead } from "./run-head.ts";

export interface LogStore {
  append(key: RunKey, entry: Entry, options?: AppendOptions): Promise<AppendAnswer>;
  read(key: RunKey, range: LogRange): Promise<KeptEntry[]>;
  clearRows(key: RunKey, rows: readonly RowName[]): Promise<void>;
  /** Puts off the deletion of all that is kept of a run (S21). */
  keep(key: RunKey): Promise<void>;
}

export interface AppendOptions {
  /** What the entry changes in the head. */
  change?: HeadChange | undefined;
  /** When the sweep should look at what the entry tells, unless somebody has taken it up by then. */
  dueAt?: number | undefined;
  /** The runs that begin with the entry: children of its run. */
  births?: readonly StartedHead[] | undefined;
  /** What the entry, which ends its run, tells the run's parent. */
  endMark?: LeftMark | undefined;
  /** Where the run goes on after the entry, which ends its log; with a change of the head. */
  next?: NextLog | undefined;
}

/** An entry as it is read. */
export interface KeptEntry extends Entry {
  /** When it is due, if it has a row. */
  dueAt?: number;
}

export interface LogRange {
  /** The position of the first entry. */
  from: number;
  limit?: number | undefined;
}

export type AppendAnswer =
  | { outcome: "appended" }
  /** Another entry stands at that position. */
  | { outcome: "conflict"; entry: KeptEntry }
  /** The run has ended; only for an append with a head change. */
  | { outcome: "ended"; head: RunHead }
  /** Other runs have these ids; only for an append with births. */
  | { outcome: "taken"; runIds: string[] };
