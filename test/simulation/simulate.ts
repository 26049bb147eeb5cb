/**
 * Simulates many seeds.
 *
 *     npm run simulate -- --seeds 10000 [--from 1]
 *     npm run simulate -- --seed 1234        one seed, with everything that happened
 *     npm run simulate -- --seed 1234 --shrink   and with as little of it as still goes wrong
 */
import { parseArgs } from "node:util";
import { report, simulateSeed } from "./seeds.ts";
import { shrink } from "./shrink.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    shrink: { type: "boolean", default: false },
    /** Stop after so many failing seeds. */
    failures: { type: "string", default: "5" },
    /** Name the failing seeds and what they broke, without their stories. */
    brief: { type: "boolean", default: false },
  },
});

if (values.seed !== undefined) process.exitCode = await simulateOne(Number(values.seed));
else process.exitCode = await simulateMany(Number(values.from), Number(values.seeds));

async function simulateOne(seed: number): Promise<number> {
  const result = await simulateSeed(seed, { tracing: true });
  const isWell = result.violations.length === 0;
  console.log(report(values.shrink && !isWell ? await shrink(result) : result));
  return isWell ? 0 : 1;
}

async function simulateMany(from: number, seeds: number): Promise<number> {
  const began = Date.now();
  const failed: number[] = [];
  const most = Number(values.failures);
  let done = 0;
  for (let seed = from; seed < from + seeds && failed.length < most; seed += 1) {
    const { violations } = await simulateSeed(seed, { tracing: false });
    done += 1;
    if (violations.length > 0) {
      failed.push(seed);
      if (values.brief) console.log(`seed ${seed} failed: ${violations[0]}`);
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
