/**
 * Kills functions while runs go through an emulated stack.
 *
 *     npm run kill -- --runs 1000 [--seed S]
 *     npm run kill -- --seed S --verbose    with everything that happened
 */
import { parseArgs } from "node:util";
import { sendFleet } from "./fleet.ts";
import { planOf } from "./plan.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100" },
    seed: { type: "string", default: String(Date.now()) },
    verbose: { type: "boolean", default: false },
  },
});

const runs = Number(values.runs);
const plan = planOf(values.seed, {
  runs,
  cancels: Math.ceil(runs * 0.3),
  kills: Math.ceil(runs * 0.5),
});
console.log(`seed ${values.seed}: ${runs} runs, ${plan.misfortunes.length} misfortunes`);
const began = Date.now();
const { violations, ...figures } = await sendFleet(plan, {
  longestMs: 300_000 + runs * 1_000,
  tell: (line) =>
    values.verbose && console.log(`${((Date.now() - began) / 1000).toFixed(1)} ${line}`),
});
console.log(figures);
for (const violation of violations) console.log(`- ${violation}`);
process.exitCode = violations.length === 0 ? 0 : 1;
