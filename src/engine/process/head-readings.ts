import type { Entry } from "../../core/events.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RunHead, Store } from "../../ports/store.ts";

interface Reading {
  head: Promise<RunHead | undefined>;
  /** Begins when this one has ended. */
  next?: Promise<RunHead | undefined>;
}

/** Readings that callers share: a thousand who ask at the same time cost what two do. */
export class HeadReadings {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #underWay = new Map<string, Reading>();
  readonly #lastEntries = new WeakMap<RunHead, Promise<Entry | undefined>>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The head as it stands at some moment after this call. */
  read(runId: string): Promise<RunHead | undefined> {
    const reading = this.#underWay.get(runId);
    if (!reading) return this.#begin(runId);
    const again = (): Promise<RunHead | undefined> => this.#begin(runId);
    reading.next ??= reading.head.then(again, again);
    return reading.next;
  }

  /** The last entry of the log of a run that has ended; read once for all who were given this head. */
  lastEntry(head: RunHead): Promise<Entry | undefined> {
    const known = this.#lastEntries.get(head);
    if (known) return known;
    const entry = this.#store.log
      .read(head, { from: head.position, limit: 1 })
      .then(([last]) => last);
    this.#lastEntries.set(head, entry);
    entry.catch(() => this.#lastEntries.delete(head));
    return entry;
  }

  #begin(runId: string): Promise<RunHead | undefined> {
    const reading: Reading = { head: this.#store.runs.get(runId, this.#clock.now()) };
    this.#underWay.set(runId, reading);
    const end = (): void => {
      if (!reading.next) this.#underWay.delete(runId);
    };
    reading.head.then(end, end);
    return reading.head;
  }
}
