import { parseArgs } from "node:util";
import { wholeNumber } from "../../infra/command-line.ts";

export interface Options {
  help: boolean;
  /** One seed to simulate, instead of many. */
  seed: number | undefined;
  shrink: boolean;
  from: number;
  seeds: number;
  failures: number;
  brief: boolean;
}

export const USAGE = `Simulates runs under crashes, duplicates, lost answers and cancellations.

npm run simulate -- [options]
  --seeds N      so many seeds (default 2000), one after the other
  --from N       from this one on (default 1)
  --failures N   until so many have failed (default 5)
  --brief        names the failing seeds and what they broke, without their stories
  --seed N       this seed alone, with everything that happened
  --shrink       with as little of that as still goes wrong
  --help`;

/** @throws Error that says what is wrong with the arguments. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      seeds: { type: "string", default: "2000" },
      from: { type: "string", default: "1" },
      failures: { type: "string", default: "5" },
      seed: { type: "string" },
      shrink: { type: "boolean", default: false },
      brief: { type: "boolean", default: false },
    },
  });
  const { help, shrink, brief, seed } = values;
  return {
    help,
    shrink,
    brief,
    // What is no number would simulate nothing, and find that all is well.
    seed: seed === undefined ? undefined : wholeNumber("seed", seed, 1),
    seeds: wholeNumber("seeds", values.seeds, 1),
    from: wholeNumber("from", values.from, 1),
    failures: wholeNumber("failures", values.failures, 1),
  };
}
