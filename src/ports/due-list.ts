/** What lists of what is due have in common, whatever store answers them. */
import { compareBytes } from "./run-list.ts";
import type { DueRun, RowName } from "./store.ts";

/** Sorts as `listDue` answers: the soonest first, then by ids, and a head before the rows of its run. */
export function compareDue(a: DueRun, b: DueRun): number {
  return (
    a.dueAt - b.dueAt || compareBytes(a.runId, b.runId) || compareBytes(placeOf(a), placeOf(b))
  );
}

/** Tells a row from all others of its run. */
export function rowName(row: RowName): string {
  const number = row.type === "entry" ? row.position : row.command;
  return `${row.type} ${String(number).padStart(10, "0")}`;
}

/** Tells what is due of a run from everything else that is: its head, or one of its rows. */
export function placeOf({ row }: Pick<DueRun, "row">): string {
  return row ? `${row.incarnation} ${rowName(row)}` : "";
}
