/**
 * Seeds that once found a bug, each with what was wrong then. They are simulated for ever. A seed is
 * only as good as the generator that reads it: change the generator, and these are seeds like others.
 */
export const RECORDED_SEEDS: readonly { seed: number; was: string }[] = [
  {
    seed: 41661,
    was: "a look that ran a task itself died, and came back while its own claim was live: nobody waited for the end of that",
  },
  {
    seed: 105121,
    was: "a turn left the run to a claim, then read so slowly that the claim ended before it was to be watched",
  },
];
