import { Waits } from "../../core/waiting-for.ts";
import type { RunKey } from "../../ports/store.ts";
import { Lock } from "./mutex.ts";

/** What a run waits for, as far as its log was read. */
export class KnownWaits {
  readonly incarnation: string;
  readonly waits = new Waits();
  readonly lock = new Lock();
  /** The number of the last event that was read. */
  seq = -1;

  constructor({ incarnation }: RunKey) {
    this.incarnation = incarnation;
  }
}

/** Of the runs that were asked about last. */
export class WaitReadings {
  readonly #limit: number;
  readonly #known = new Map<string, KnownWaits>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  of(key: RunKey): KnownWaits {
    const { runId, incarnation } = key;
    const known = this.#known.get(runId);
    const own = known?.incarnation === incarnation ? known : new KnownWaits(key);
    this.#known.delete(runId);
    this.#known.set(runId, own);
    const [oldest] = this.#known.keys();
    if (this.#known.size > this.#limit && oldest !== undefined) this.#known.delete(oldest);
    return own;
  }
}
