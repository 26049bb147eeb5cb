/** Who waits in this process for a run to end; told at once when this engine ends it. */
export class Waiters {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** @returns stops waiting. */
  add(runId: string, wake: () => void): () => void {
    const waiting = this.#waiting.get(runId) ?? new Set();
    this.#waiting.set(runId, waiting.add(wake));
    return () => {
      waiting.delete(wake);
      if (waiting.size === 0 && this.#waiting.get(runId) === waiting) this.#waiting.delete(runId);
    };
  }

  wake(runId: string): void {
    for (const wake of [...(this.#waiting.get(runId) ?? [])]) wake();
  }
}
