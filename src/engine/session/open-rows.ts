import { rowName } from "../../ports/due-list.ts";
import type { KeptEntry, RowName } from "../../ports/store.ts";

/** The rows of a run that are known here, and not cleared as far as is known. */
export class OpenRows {
  /** Each with the position up to which the log has what it is about. */
  readonly #rows = new Map<string, { row: RowName; position: number }>();

  get any(): boolean {
    return this.#rows.size > 0;
  }

  has(row: RowName): boolean {
    return this.#rows.has(rowName(row));
  }

  /** @param position where the entry stands that has the row, or has taken up what it is about. */
  add(row: RowName, position: number): void {
    this.#rows.set(rowName(row), { row, position });
  }

  /** The rows that these entries have. */
  note(entries: readonly KeptEntry[]): void {
    for (const { position, dueAt } of entries) {
      if (dueAt !== undefined) this.add({ type: "entry", position }, position);
    }
  }

  /** Those that a log is about whose next entry goes to this position, the oldest first. */
  before(position: number): RowName[] {
    return [...this.#rows.values()].flatMap((each) => (each.position < position ? each.row : []));
  }

  forget(rows: readonly RowName[]): void {
    for (const row of rows) this.#rows.delete(rowName(row));
  }

  clear(): void {
    this.#rows.clear();
  }
}
