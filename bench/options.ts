import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { wholeNumber } from "../infra/command-line.ts";
import { CANCELS } from "./cancel-latency.ts";
import { PIECES } from "./pieces.ts";
import { SCENARIOS } from "./scenarios.ts";
import { WIDE } from "./wide.ts";

export interface Options {
  help: boolean;
  /** Names of scenarios; empty for all. */
  only: string[];
  rounds: number;
  breakdown: boolean;
  check: boolean;
  /** Where to write the JSON. */
  json: string | undefined;
}

const NAMES: readonly string[] = [
  ...[...SCENARIOS, ...CANCELS, ...PIECES].map(({ name }) => name),
  WIDE,
];
const ROUNDS = 5;

export const USAGE = `Measures what a run costs on DynamoDB Local, against the SDK alone, and wide runs in memory.

npm run bench -- [options]
  --only NAME    measure this alone; may be repeated; one of
                 ${NAMES.join("\n                 ")}
  --rounds N     how often everything is measured; the median counts (default ${ROUNDS})
  --breakdown    show the commands that were sent, and their units
  --check        exit with 1 when a target is missed
  --json FILE    write the results there, too
  --help`;

/** @throws Error that says what is wrong with the arguments. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      rounds: { type: "string", default: String(ROUNDS) },
      breakdown: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      json: { type: "string" },
    },
  });
  const { help, only, rounds, breakdown, check, json } = values;
  const unknown = only.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no scenario "${unknown}". Choose from ${NAMES.join(", ")}.`);
  }
  return {
    help,
    only,
    rounds: wholeNumber("rounds", rounds, 1, 9999),
    breakdown,
    check,
    json: json && writable(json),
  };
}

/** Tells now and not after minutes of measuring. */
function writable(file: string): string {
  const path = resolve(file);
  const refuse = (why: string): Error => new Error(`--json ${file}: ${why}`);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw refuse("that is a folder.");
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch {
    throw refuse("its folder does not exist or cannot be written to.");
  }
  return path;
}
