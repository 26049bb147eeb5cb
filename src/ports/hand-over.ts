/** How a message goes from one engine to others, where the first does not know what it is about. */

const SHORTEST_MS = 100;
const LONGEST_MS = 5_000;

/** The pause before it is handed in again, after it has waited for so long: as long again. */
export function handOverPause(waitedMs: number): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, waitedMs));
}
