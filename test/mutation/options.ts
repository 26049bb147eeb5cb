import { parseArgs } from "node:util";
import { wholeNumber } from "../../infra/command-line.ts";

export interface Options {
  help: boolean;
  list: boolean;
  /** Only mutants with one of these in their id. */
  only: string[];
  /** So many of those that are left, beginning with another one each day. */
  few: number | undefined;
  /** So many at once. */
  jobs: number;
  baseline: boolean;
  /** Whether other tests are tried where those that should tell do not. */
  wide: boolean;
}

export const USAGE = `Changes the code in small ways that break its rules, one at a time in a copy, and looks whether a
test tells. Fails when none does, or when a change no longer applies.

npm run mutate -- [options]
  --only TEXT    only mutants with this in their id; may be given again
  --few N        so many of them, others each day
  --jobs N       so many at once (default 2)
  --narrow       try no other tests where those that should tell do not
  --no-baseline  do not see first whether the tests pass without any change
  --list         names the mutants, and whether each applies
  --help`;

/** @throws Error that says what is wrong with the arguments. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      few: { type: "string" },
      jobs: { type: "string", default: "2" },
      narrow: { type: "boolean", default: false },
      "no-baseline": { type: "boolean", default: false },
    },
  });
  const { help, list, only, few, jobs } = values;
  return {
    help,
    list,
    only,
    few: few === undefined ? undefined : wholeNumber("few", few, 1),
    jobs: wholeNumber("jobs", jobs, 1, 64),
    baseline: !values["no-baseline"],
    wide: !values.narrow,
  };
}
