/**
 * Resolves once every microtask that is due has run, and before any timer or I/O callback.
 *
 * A replay waits for this between two events: what the workflow's code does by then is caused by
 * the event alone, so it comes out the same at every replay.
 */
export const settled: () => Promise<void> =
  typeof process === "object" && process.release?.name === "node"
    ? // Node drains its microtasks before the next tick, and its ticks before any timer.
      () => new Promise((resolve) => process.nextTick(resolve))
    : () => new Promise((resolve) => setImmediate(resolve));
