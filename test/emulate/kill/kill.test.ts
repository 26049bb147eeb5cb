/** A hundred runs on the emulated stack, whose functions and servers die under them. */
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { sendFleet } from "./fleet.ts";
import { planOf } from "./plan.ts";

const LONGEST_MS = 420_000;

/** Another one each time; `npm run kill -- --seed S` repeats it. */
const seed = process.env["DETENT_KILL_SEED"] ?? randomUUID().slice(0, 8);

test(`nothing is lost when functions are killed and servers stop: seed ${seed}`, {
  timeout: LONGEST_MS + 60_000,
}, async () => {
  const plan = planOf(seed, { runs: 100, cancels: 30, kills: 50 });
  const heard: string[] = [];
  const report = await sendFleet(plan, {
    longestMs: LONGEST_MS,
    tell: (line) => heard.push(line),
  });
  expect(report.violations, heard.slice(-200).join("\n")).toEqual([]);
  expect(report.killsAtWork).toBeGreaterThan(10);
  expect(report.effects).toBeGreaterThanOrEqual(report.recorded);
});
