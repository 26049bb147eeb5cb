import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { wholeNumber } from "../../infra/command-line.ts";
import type { Cost } from "./bounds.ts";

export interface Options {
  help: boolean;
  list: boolean;
  /** Only these programs, if any are named. */
  programs: string[];
  bounds: Cost;
  seconds: number | undefined;
  jobs: number;
  reduced: boolean;
  /** One schedule to tell of, instead of exploring. */
  replay: string | undefined;
  /** Whether faults are planted, each to be found. */
  faults: boolean;
  /** Only faults with one of these in their ids. */
  only: string[];
}

export const USAGE = `Plays every schedule of small programs: which call comes next, when a request comes, what crashes,
what is lost, what comes twice. Fails when one breaks a promise of the engine's, and tells the story.

npm run explore -- [options]
  --program NAME      only this program; may be given again
  --preemptions N     who is at work has to wait so often (default 2)
  --misfortunes N     so much goes wrong (default 1)
  --seconds N         for so long at most, all programs together; else to the end
  --jobs N            in so many processes (default: one for each core)
  --unreduced         plays also what comes to the same as another
  --replay CODE       tells of one schedule, by the code that its story ends with
  --faults            takes one rule after the other out of the engine, and looks whether that is
                      found, each within bounds of its own
  --only TEXT         only faults with this in their id; may be given again
  --list              names the programs, or the faults
  --help`;

/** @throws Error that says what is wrong with the arguments. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      program: { type: "string", multiple: true, default: [] },
      preemptions: { type: "string", default: "2" },
      misfortunes: { type: "string", default: "1" },
      seconds: { type: "string" },
      jobs: { type: "string" },
      unreduced: { type: "boolean", default: false },
      replay: { type: "string" },
      faults: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  const { help, list, program, preemptions, misfortunes, seconds, jobs } = values;
  const { unreduced, replay, faults, only } = values;
  return {
    help,
    list,
    programs: program,
    bounds: {
      preemptions: wholeNumber("preemptions", preemptions, 0, 4),
      misfortunes: wholeNumber("misfortunes", misfortunes, 0, 4),
    },
    seconds: seconds === undefined ? undefined : wholeNumber("seconds", seconds, 1),
    jobs: jobs === undefined ? availableParallelism() : wholeNumber("jobs", jobs, 1, 64),
    reduced: !unreduced,
    replay,
    faults,
    only,
  };
}
