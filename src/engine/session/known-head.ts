import type { Clock } from "../../ports/clock.ts";
import type { HeadChange, RunHead, RunKey, Store } from "../../ports/store.ts";

/** What this process knows of a run's head. */
export class KnownHead {
  readonly #store: Store;
  readonly #clock: Clock;
  #head: RunHead;
  /** How often others may have changed it, and how many of those times are known. */
  #doubts = 0;
  #settled = 0;

  constructor({ store, clock }: { store: Store; clock: Clock }, head: RunHead) {
    this.#store = store;
    this.#clock = clock;
    this.#head = head;
  }

  get head(): RunHead {
    return this.#head;
  }

  /** Others may have changed it in a way that decisions go by. */
  doubt(): void {
    this.#doubts += 1;
  }

  /** Keeps it in step with what was written to it at a position. */
  change(position: number, change: HeadChange): void {
    if (position < this.#head.position) return;
    const head: Record<string, unknown> = { ...this.#head, ...change, position };
    for (const [field, value] of Object.entries(head)) if (value === null) delete head[field];
    this.#head = head as unknown as RunHead;
  }

  /** Takes note of a head that was read. */
  know(head: RunHead): void {
    if (this.#isOurs(head) && head.position >= this.#head.position) this.#head = head;
  }

  /** @returns whether the run is still there. */
  async read(): Promise<boolean> {
    const doubts = this.#doubts;
    const head = await this.#store.runs.get(this.#head.runId, this.#clock.now());
    if (!head || !this.#isOurs(head)) return false;
    this.know(head);
    this.#settled = doubts;
    return true;
  }

  /** Reads it if it is in doubt. @returns whether it was. */
  async settle(): Promise<boolean> {
    const isInDoubt = this.#settled < this.#doubts;
    if (isInDoubt) await this.read();
    return isInDoubt;
  }

  #isOurs({ incarnation }: RunKey): boolean {
    return incarnation === this.#head.incarnation;
  }
}
