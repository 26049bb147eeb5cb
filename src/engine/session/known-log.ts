import type { Entry } from "../../core/events.ts";

/** Characters of JSON. What takes more is read again where it is needed again. */
const LARGEST = 4_000_000;
/** The same of runs that nobody works on at the moment, of which there may be many. */
const LARGEST_AT_REST = 64_000;

/** The log of a run, kept as long as it is small, so that it can be replayed without being read again. */
export class KnownLog {
  #entries: Entry[] | undefined;
  #size = 0;

  constructor(entries: readonly Entry[]) {
    this.replace(entries);
  }

  /** From entry 0 on; none if they were not kept. */
  get entries(): readonly Entry[] | undefined {
    return this.#entries;
  }

  replace(entries: readonly Entry[]): void {
    this.#entries = [];
    this.#size = 0;
    for (const entry of entries) this.push(entry);
  }

  push(entry: Entry): void {
    if (!this.#entries) return;
    this.#entries.push(entry);
    this.#size += JSON.stringify(entry.events).length;
    this.#limit(LARGEST);
  }

  shrink(): void {
    this.#limit(LARGEST_AT_REST);
  }

  #limit(largest: number): void {
    if (this.#size > largest) this.#entries = undefined;
  }
}
