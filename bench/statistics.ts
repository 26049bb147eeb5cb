/** The value in the middle; of an even number of values, the mean of the two there. */
export function median(values: readonly number[]): number {
  const sorted = inOrder(values);
  const [low, high] = [at(sorted, Math.ceil(sorted.length / 2)), at(sorted, sorted.length / 2 + 1)];
  return (low + high) / 2;
}

/** The least value that this share of all values does not exceed: 0.99 for p99. */
export function percentile(values: readonly number[], share: number): number {
  return at(inOrder(values), Math.ceil(values.length * share));
}

function inOrder(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** @param place from 1 */
function at(sorted: readonly number[], place: number): number {
  return sorted[Math.floor(place) - 1] ?? Number.NaN;
}
