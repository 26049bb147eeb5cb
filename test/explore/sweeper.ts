/** When the sweep comes: some time after something is due, and not too often. */
import type { Store } from "../../src/ports/store.ts";
import type { Stage } from "./stage.ts";

const AFTER_MS = 500;
const EVERY_MS = 1000;

export class Sweeper {
  readonly #stage: Stage;
  readonly #isAbsent: boolean;
  /** When the first of all that is due is due. */
  #dueAt = Number.POSITIVE_INFINITY;
  #sweptAt = Number.NEGATIVE_INFINITY;
  #isSweeping = false;
  #sweeps = 0;

  /** @param isAbsent whether there is none. */
  constructor(stage: Stage, { isAbsent }: { isAbsent: boolean }) {
    this.#stage = stage;
    this.#isAbsent = isAbsent;
  }

  async look(store: Store): Promise<void> {
    if (this.#isAbsent) return;
    const [first] = await store.runs.listDue({ until: Number.MAX_SAFE_INTEGER, limit: 1 });
    this.#dueAt = first?.dueAt ?? Number.POSITIVE_INFINITY;
  }

  /** When it comes by itself. */
  get comesAt(): number {
    if (this.#isSweeping) return Number.POSITIVE_INFINITY;
    return Math.max(this.#dueAt + AFTER_MS, this.#sweptAt + EVERY_MS);
  }

  /** Whether it would find something now, if it came too early. */
  get findsDue(): boolean {
    const isEarly = this.comesAt > this.#stage.now;
    return !this.#isSweeping && isEarly && this.#dueAt <= this.#stage.now;
  }

  /** @returns which one it is. */
  begin(): number {
    this.#isSweeping = true;
    this.#sweptAt = this.#stage.now;
    return this.#sweeps++;
  }

  end(): void {
    this.#isSweeping = false;
  }

  get state(): string {
    return `${this.#isSweeping} ${this.#sweptAt}`;
  }
}
