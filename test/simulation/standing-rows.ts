import type { Entry } from "../../src/core/events.ts";
import { rowName } from "../../src/ports/due-list.ts";
import type { AppendAnswer, AppendOptions, Row, RowName, Store } from "../../src/ports/store.ts";

/** The rows of a run that nobody has cleared, as far as was seen. */
export class StandingRows {
  readonly #names = new Set<string>();

  get any(): boolean {
    return this.#names.size > 0;
  }

  sawAppend({ position }: Entry, { outcome }: AppendAnswer, options: AppendOptions = {}): void {
    if (outcome !== "appended" || options.dueAt === undefined) return;
    this.#names.add(rowName({ type: "entry", position }));
  }

  /** The row of a mark that a child has left. */
  sawMark(command: number): void {
    this.#names.add(rowName({ type: "mark", command }));
  }

  sawClear(rows: readonly RowName[]): void {
    for (const row of rows) this.#names.delete(rowName(row));
  }
}

/** The rows of a run that there are in truth. */
export async function rowsOf(store: Store, runId: string): Promise<Row[]> {
  const due = await store.runs.listDue({ until: Number.MAX_SAFE_INTEGER, limit: 1000 });
  return due.flatMap(({ row, ...each }) => (row && each.runId === runId ? row : []));
}
