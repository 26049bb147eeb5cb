/**
 * How a page of runs comes about, the same for every store.
 *
 * P1. The runs of the filter's scope (its states and times) are examined in order, from the cursor on.
 * P2. A page ends with its limit; or before the run with which it would be larger than 1 MB, but it
 *     has one; or when it has examined so many that a filter that few runs fit costs no more.
 * P3. It has a cursor if one more fits, or if it has not examined all.
 */
import { decodeCursor, encodeCursor, type ListPlace, matchesFilter } from "./run-list.ts";
import type { DamagedRun, PageRequest, RunFilter, RunHead, RunPage } from "./store.ts";

/** Of the rows of a page as JSON, in bytes. */
export const PAGE_BYTES = 1_000_000;
/** So many runs are examined for one page, unless more are asked for. */
export const MOST_EXAMINED = 1_000;
/** What a row takes beside what is kept: names, and times as text. */
const ROW_OVERHEAD = 300;
const READ_AT_ONCE = 100;

export interface ListSource<Place extends ListPlace> {
  /** The places in the scope after one, or from the newest on; fewer only if there are no more. */
  places(after: ListPlace | undefined, count: number): Promise<readonly Place[]>;
  /** What stands at each place; nothing where the run is gone. */
  read(places: readonly Place[]): Promise<readonly (RunHead | DamagedRun | undefined)[]>;
}

/** @throws InvalidInputError for a cursor that no list with this filter made. */
export async function collectPage<Place extends ListPlace>(
  source: ListSource<Place>,
  filter: RunFilter,
  { limit, cursor }: PageRequest,
): Promise<RunPage> {
  const page = new Page(filter, limit);
  let after: ListPlace | undefined =
    cursor === undefined ? undefined : decodeCursor(filter, cursor);
  // One more than the page tells whether the list goes on.
  for (let left = Math.max(MOST_EXAMINED, limit + 1), count = limit + 1; ; count *= 4) {
    const wanted = Math.min(count, left);
    const places = await source.places(after, wanted);
    for (let from = 0; from < places.length; from += READ_AT_ONCE) {
      const some = places.slice(from, from + READ_AT_ONCE);
      for (const run of await source.read(some)) {
        if (run && matchesFilter(run, filter) && !page.take(run)) return page.until(page.last);
      }
      after = some.at(-1);
    }
    if (places.length < wanted) return page.until(undefined);
    left -= wanted;
    if (left === 0) return page.until(after);
  }
}

class Page {
  readonly #filter: RunFilter;
  readonly #limit: number;
  readonly #runs: RunPage["runs"] = [];
  #bytes = 0;

  constructor(filter: RunFilter, limit: number) {
    this.#filter = filter;
    this.#limit = limit;
  }

  get last(): ListPlace | undefined {
    return this.#runs.at(-1);
  }

  /** @returns whether there was room for it. */
  take(run: RunHead | DamagedRun): boolean {
    this.#bytes += bytesOf(run);
    const isFull = this.#runs.length >= this.#limit;
    if (isFull || (this.#bytes > PAGE_BYTES && this.#runs.length > 0)) return false;
    this.#runs.push(run);
    return true;
  }

  until(place: ListPlace | undefined): RunPage {
    const runs = this.#runs;
    return place ? { runs, cursor: encodeCursor(this.#filter, place) } : { runs };
  }
}

/** Without the payloads, which no row shows. */
function bytesOf(run: RunHead | DamagedRun): number {
  const shown = JSON.stringify({ ...run, start: undefined, closing: undefined });
  return new TextEncoder().encode(shown).length + ROW_OVERHEAD;
}
