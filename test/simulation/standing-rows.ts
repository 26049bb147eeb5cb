import type { Entry } from "../../src/core/events.ts";
import type { AppendAnswer, AppendOptions, RowName } from "../../src/ports/store.ts";

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
