/**
 * Time, for everything outside workflow code.
 *
 * T1. `now` is in milliseconds since the epoch; clocks of different machines may disagree by some
 *     seconds, which the engine's lease margin allows for.
 * T2. `after` calls back once, not before the delay, unless it was cancelled first.
 */
export interface Clock {
  now(): number;
  /** @returns cancels the timer; harmless once it has fired. */
  after(delayMs: number, callback: () => void): () => void;
}

/**
 * Whether so much time has passed since then. If the clock was set back meanwhile, the answer is
 * yes: nobody can tell, and a wait must not last as long as the clock was ahead.
 */
export function hasPassed(clock: Clock, since: number, ms: number): boolean {
  const passed = clock.now() - since;
  return passed < 0 || passed >= ms;
}

/** Resolves after a delay, or at once when the signal fires. */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = (): void => {
      cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(delayMs, end);
    signal?.addEventListener("abort", end);
  });
}
