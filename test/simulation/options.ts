import { parseArgs } from "node:util";

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
    seed: seed === undefined ? undefined : count("seed", seed),
    seeds: count("seeds", values.seeds),
    from: count("from", values.from),
    failures: count("failures", values.failures),
  };
}

/** What is no number would simulate nothing, and find that all is well. */
function count(option: string, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new Error(`--${option} takes a whole number, 1 or more, not "${text}".`);
}
