/** How a message goes from one engine to others, where the first does not know what it is about. */

const SHORTEST_MS = 100;
const LONGEST_MS = 5_000;

/** The pause before the message is handed in again: as long as it has waited so far. */
export function handOverPause(waitedMs: number): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, waitedMs));
}
