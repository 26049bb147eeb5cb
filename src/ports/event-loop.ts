/**
 * The event loop of this process: between two of its rounds, timers, sockets and whatever else is due
 * have their turn. Work that only ever awaits promises leaves it standing.
 */

// As they were when this was loaded: tests that replace timers move the time of the code they test.
const { setImmediate, setTimeout, MessageChannel } = globalThis;

/** Calls back in the next round. */
export const inNextRound: (callback: () => void) => void = chooseWay();

/** Resolves in the next round. */
export function nextRound(): Promise<void> {
  return new Promise(inNextRound);
}

function chooseWay(): (callback: () => void) => void {
  if (typeof setImmediate === "function") return (callback) => void setImmediate(callback);
  if (typeof MessageChannel === "function") return (callback) => postTo(callback);
  return (callback) => void setTimeout(callback, 0);
}

/** Without the pause that hosts give to timers that follow each other. */
function postTo(callback: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    callback();
  };
  port2.postMessage(undefined);
}
