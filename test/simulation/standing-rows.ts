import type { Entry } from "../../src/core/events.ts";
import type { AppendAnswer, AppendOptions, RowName, Store } from "../../src/ports/store.ts";

/** The rows of a run that nobody has cleared, as far as was seen. */
export class StandingRows {
  readonly #positions = new Set<number>();

  get any(): boolean {
    return this.#positions.size > 0;
  }

  sawAppend({ position }: Entry, { outcome }: AppendAnswer, options: AppendOptions = {}): void {
    if (outcome === "appended" && options.dueAt !== undefined) this.#positions.add(position);
  }

  sawClear(rows: readonly RowName[]): void {
    for (const { position } of rows) this.#positions.delete(position);
  }
}

/** How many rows of a run there are in truth. */
export async function countRows(store: Store, runId: string): Promise<number> {
  const due = await store.runs.listDue({ until: Number.MAX_SAFE_INTEGER, limit: 1000 });
  return due.filter((each) => each.runId === runId && each.row).length;
}
