/** As they are now: tests may put their own in these places later, which move when they say so. */
const { setImmediate } = globalThis;
const { nextTick } = globalThis.process ?? {};

/**
 * Resolves once every microtask that is due has run, and before any timer or I/O callback.
 *
 * A replay waits for this between two events: what the workflow's code does by then is caused by
 * the event alone, so it comes out the same at every replay.
 */
export const settled: () => Promise<void> = hasTicksAfterMicrotasks()
  ? () => new Promise((resolve) => nextTick(resolve))
  : () => new Promise((resolve) => void setImmediate(resolve));

/**
 * Node, Bun and Deno drain their microtasks before the next tick, and their ticks before any timer.
 * workerd passes for Node too, but there a tick is a microtask like any other.
 */
function hasTicksAfterMicrotasks(): boolean {
  if (typeof process !== "object" || process.release?.name !== "node") return false;
  const { navigator } = globalThis as { navigator?: { userAgent?: string } };
  return navigator?.userAgent !== "Cloudflare-Workers";
}
