import type { RunHead } from "../../ports/store.ts";

type Wake = (ended: RunHead) => void;

/** Who waits in this process for a run to end; told at once when this engine ends it. */
export class Waiters {
  readonly #waiting = new Map<string, Set<Wake>>();

  /** @returns stops waiting. */
  add(runId: string, wake: Wake): () => void {
    const waiting = this.#waiting.get(runId) ?? new Set();
    this.#waiting.set(runId, waiting.add(wake));
    return () => {
      waiting.delete(wake);
      if (waiting.size === 0 && this.#waiting.get(runId) === waiting) this.#waiting.delete(runId);
    };
  }

  wake(ended: RunHead): void {
    for (const wake of [...(this.#waiting.get(ended.runId) ?? [])]) wake(ended);
  }
}
