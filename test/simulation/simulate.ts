/** `npm run simulate`: see `--help`. */
import { readCommandLine } from "../../infra/command-line.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { report, simulateSeed } from "./seeds.ts";
import { shrink } from "./shrink.ts";

async function main(): Promise<number> {
  const options = readCommandLine(USAGE, () => parseOptions(process.argv.slice(2)));
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  return await (options.seed === undefined
    ? simulateMany(options)
    : simulateOne(options.seed, options));
}

async function simulateOne(seed: number, options: Options): Promise<number> {
  const result = await simulateSeed(seed, { tracing: true });
  const isWell = result.violations.length === 0;
  console.log(report(options.shrink && !isWell ? await shrink(result) : result));
  return isWell ? 0 : 1;
}

async function simulateMany({ from, seeds, failures, brief }: Options): Promise<number> {
  const began = Date.now();
  const failed: number[] = [];
  let done = 0;
  for (let seed = from; seed < from + seeds && failed.length < failures; seed += 1) {
    const { violations } = await simulateSeed(seed, { tracing: false });
    done += 1;
    if (violations.length > 0) {
      failed.push(seed);
      if (brief) console.log(`seed ${seed} failed: ${violations[0]}`);
      else console.log(report(await simulateSeed(seed, { tracing: true })));
    }
    if (done % 1000 === 0) console.log(`${done} seeds, ${failed.length} failed`);
  }
  const seconds = (Date.now() - began) / 1000;
  console.log(
    `${done} seeds in ${seconds.toFixed(1)} s (${(done / seconds).toFixed(0)} a second): ${
      failed.length === 0 ? "all is well" : `failed: ${failed.join(", ")}`
    }`,
  );
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
