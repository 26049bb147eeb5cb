import type { Kind } from "./variety.ts";

const UP_TO_FAMILIES = [
  ...["company", "deployment", "asks", "lists", "partlyKept", "indexLagMs", "givenUpAfter"],
  ...["observed", "handover", "drawn", "listening", "say", "wide", "inside", "hook", "pauses"],
  ...["mail", "family"],
] as Kind[];

/**
 * Seeds that once found a bug, each with what was wrong then. They are simulated for ever, with the
 * kinds of draws that there were when they were found. Another kind draws from a stream of its own, so
 * it changes no seed that does not name it; a change of what is drawn before makes these seeds like others.
 */
export const RECORDED_SEEDS: readonly { seed: number; kinds: readonly Kind[]; was: string }[] = [
  {
    seed: 41661,
    kinds: [],
    was: "a look that ran a task itself died, and came back while its own claim was live: nobody waited for the end of that",
  },
  {
    seed: 105121,
    kinds: [],
    was: "a turn left the run to a claim, then read so slowly that the claim ended before it was to be watched",
  },
  {
    seed: 834,
    kinds: [
      ...["company", "deployment", "asks", "partlyKept", "indexLagMs", "givenUpAfter"],
      ...["observed", "handover", "drawn", "listening", "say", "wide", "inside", "pauses"],
    ] as Kind[],
    was: "the message of a task that was scheduled afresh came to a process that knew only of the one before, and was acknowledged",
  },
  {
    seed: 1804,
    kinds: UP_TO_FAMILIES,
    was: "the row of a mark, which stands in no log, was wanted of a process that had read no mark",
  },
  {
    seed: 3801,
    kinds: UP_TO_FAMILIES,
    was: "a run that the index was too far behind to list was to be reached by who cancels all that are listed",
  },
  {
    seed: 26808,
    kinds: UP_TO_FAMILIES,
    was: "a cancellation was to be delivered while the one turn that there may be executed a step of another run",
  },
];
