/**
 * The event loop of this process: between two of its rounds, timers, sockets and whatever else is due
 * have their turn. Work that only ever awaits promises leaves it standing.
 */

// The functions as they were when this module was loaded, because tests replace timers to move the
// time of the code they test.
const { setImmediate, setTimeout } = globalThis;

/** Calls back in the next round. */
export const inNextRound: (callback: () => void) => void =
  typeof setImmediate === "function"
    ? (callback) => void setImmediate(callback)
    : (callback) => void setTimeout(callback, 0);

/** Resolves in the next round. */
export function nextRound(): Promise<void> {
  return new Promise(inNextRound);
}
