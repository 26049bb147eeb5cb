/** How long to pause before the next try. All times are milliseconds. */
export interface Growth {
  /** Before the first try again. */
  firstMs: number;
  longestMs: number;
  /** By how much each pause is longer than the one before. Default 2. */
  factor?: number;
}

/** @param failures how many there have been; the first pause follows the first. */
export function backoffMs({ firstMs, longestMs, factor = 2 }: Growth, failures: number): number {
  // Nothing grows from 0, and 0 times a factor that has overflowed would be no number.
  if (firstMs === 0) return 0;
  return Math.min(longestMs, firstMs * factor ** Math.max(0, failures - 1));
}

/**
 * The same, shortened by chance so that many who failed together do not try again together.
 *
 * @param random from 0 to 1.
 * @param share how much of the pause is left to chance: all of it, unless told otherwise.
 */
export function jittered(pauseMs: number, random: number, share = 1): number {
  return pauseMs * (1 - share + share * random);
}
