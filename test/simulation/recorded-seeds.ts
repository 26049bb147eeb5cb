/**
 * Seeds that once found a bug, each with what was wrong then. They are simulated for ever. A seed is
 * only as good as the generator that reads it: change the generator, and these are seeds like others.
 */
export const RECORDED_SEEDS: readonly { seed: number; was: string }[] = [];
