/** `npm run bench`: see `--help`. */
import { writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { readCommandLine } from "../infra/command-line.ts";
import { startDynamoLocal } from "../infra/dynamodb-local.ts";
import { CANCELS, measureCancel } from "./cancel-latency.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { measurePiece, PIECES } from "./pieces.ts";
import { showBreakdown, showResults, showVerdicts, toJson } from "./report.ts";
import { createRig, type Rig } from "./rig.ts";
import { measureRounds } from "./rounds.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { judge, type Results, type Verdict } from "./targets.ts";
import { measureWide, WIDE } from "./wide.ts";

const CANCELLED_RUNS = 50;
/** How often a time that misses its target is measured anew: noise rarely comes thrice. */
const SECOND_LOOKS = 2;
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const LONGEST_CLEANUP_MS = 2_000;

async function main(): Promise<number> {
  const options = readCommandLine(USAGE, () => parseOptions(process.argv.slice(2)));
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const dynamodb = await startDynamoLocal();
  let rig: Rig | undefined;
  const stop = async (): Promise<void> => {
    await Promise.race([rig?.stop(), pause(LONGEST_CLEANUP_MS, undefined, { ref: false })]);
    await dynamodb.stop();
  };
  for (const [signal, code] of Object.entries(EXIT_CODES)) {
    process.once(signal, () => void stop().finally(() => process.exit(code)));
  }
  try {
    rig = await createRig(dynamodb.endpoint);
    return await run(rig, options);
  } finally {
    await stop();
  }
}

async function run(rig: Rig, options: Options): Promise<number> {
  const results = await measure(rig, options);
  const verdicts = await settle(rig, options, results);
  const parts = [showResults(results), verdicts.length > 0 && showVerdicts(verdicts)];
  if (options.breakdown) parts.push(showBreakdown(results));
  console.log(`\n${parts.filter(Boolean).join("\n\n")}\n`);
  if (options.json) await writeFile(options.json, toJson(results, verdicts, options.rounds));
  return options.check && verdicts.some(({ reached }) => !reached) ? 1 : 0;
}

async function measure(rig: Rig, { only, rounds }: Options): Promise<Results> {
  const isWanted = ({ name }: { name: string }): boolean =>
    only.length === 0 || only.includes(name);
  const scenarios = await measureRounds(rig, SCENARIOS.filter(isWanted), {
    rounds,
    warmUp: 1,
    onProgress: tell,
  });
  const cancels = [];
  for (const cancel of CANCELS.filter(isWanted)) {
    tell(cancel.title);
    cancels.push(await measureCancel(rig, cancel, CANCELLED_RUNS));
  }
  const pieces = [];
  for (const piece of PIECES.filter(isWanted)) {
    tell(piece.title);
    pieces.push(await measurePiece(rig, piece));
  }
  const wide = isWanted({ name: WIDE }) ? await measureWide(rounds, tell) : [];
  return { scenarios, cancels, pieces, wide };
}

/** Judges; with `--check`, a time counts as missed only if it is missed each time it is measured. */
async function settle(rig: Rig, options: Options, results: Results): Promise<Verdict[]> {
  let verdicts = judge(results);
  for (let look = 0; options.check && look < SECOND_LOOKS; look++) {
    const missed = verdicts.filter(({ kind, reached }) => kind === "time" && !reached);
    if (missed.length === 0) break;
    const names = new Set<string>(missed.flatMap(({ of }) => of));
    const doubtful: Scenario[] = SCENARIOS.filter(({ name }) => names.has(name));
    tell(`measuring again: ${[...names].join(", ")}`);
    const scenarios = await measureRounds(rig, doubtful, {
      rounds: options.rounds,
      warmUp: 1,
      onProgress: tell,
    });
    const wide = missed.some(({ of }) => of.length === 0)
      ? await measureWide(options.rounds, tell)
      : [];
    const again = judge({ scenarios, wide });
    verdicts = verdicts.map((verdict) =>
      missed.includes(verdict)
        ? (again.find(({ what }) => what === verdict.what) ?? verdict)
        : verdict,
    );
  }
  return verdicts;
}

/** Progress, for whoever watches. */
function tell(what: string): void {
  if (process.stderr.isTTY) console.error(what);
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error);
  return 1;
});
