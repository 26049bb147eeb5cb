/**
 * Rows: what is due of a run beside its head. News from outside is written where it belongs, and that
 * item itself is due until somebody has taken the news up, so that the head need not change for it.
 */
import type { RunKey } from "./run-head.ts";

/** The row of an entry. */
export interface EntryRow {
  type: "entry";
  position: number;
}

/** The row of the mark that a child has left of its end. */
export interface MarkRow {
  type: "mark";
  /** The child's, by which its parent asked for it. */
  command: number;
}

/** Tells a row from every other of its run, by the item that it is of. */
export type RowName = EntryRow | MarkRow;

/** A row as it is found, with the run that it is of: a younger one may have its id by now. */
export type Row = RowName & Pick<RunKey, "incarnation">;
