/** `npm run kill`: see `--help`. */
import { parseArgs } from "node:util";
import { readCommandLine, wholeNumber } from "../../../infra/command-line.ts";
import { sendFleet } from "./fleet.ts";
import { planOf } from "./plan.ts";

const USAGE = `Kills functions, and stops their queue and table, while runs go through an emulated stack.

npm run kill -- [options]
  --runs N     so many runs (default 100): of each ten, three are cancelled and five functions killed
  --seed S     what is drawn; any text (default: another one each time)
  --verbose    with everything that happened
  --help`;

const { runs, seed, verbose } = readCommandLine(USAGE, readOptions);
const plan = planOf(seed, {
  runs,
  cancels: Math.ceil(runs * 0.3),
  kills: Math.ceil(runs * 0.5),
});
console.log(`seed ${seed}: ${runs} runs, ${plan.misfortunes.length} misfortunes`);
const began = Date.now();
const { violations, ...figures } = await sendFleet(plan, {
  longestMs: 300_000 + runs * 1_000,
  tell: (line) => verbose && console.log(`${((Date.now() - began) / 1000).toFixed(1)} ${line}`),
});
console.log(figures);
for (const violation of violations) console.log(`- ${violation}`);
process.exitCode = violations.length === 0 ? 0 : 1;

function readOptions(): { runs: number; seed: string; verbose: boolean } {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "100" },
      seed: { type: "string", default: String(Date.now()) },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const { seed: given, verbose: loud } = values;
  return { runs: wholeNumber("runs", values.runs, 1), seed: given, verbose: loud };
}
