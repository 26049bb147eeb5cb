/** Who waits for something to be seen for the first time. */
export class Occasions {
  readonly #awaited = new Map<string, (() => void)[]>();

  once(sight: string, callback: () => void): void {
    this.#awaited.set(sight, [...(this.#awaited.get(sight) ?? []), callback]);
  }

  saw(sight: string): void {
    const callbacks = this.#awaited.get(sight) ?? [];
    this.#awaited.delete(sight);
    for (const callback of callbacks) callback();
  }
}
