/** A hundred runs on the emulated stack, whose functions and servers die under them. */
import { expect, test } from "vitest";
import { sendFleet } from "./fleet.ts";
import { planOf } from "./plan.ts";

const LONGEST_MS = 420_000;

/** Draws the same plan each time; `npm run kill` draws others. Times differ anyway. */
const seed = process.env["DETENT_KILL_SEED"] ?? "a hundred runs";

test(`nothing is lost when functions are killed and servers stop: seed ${seed}`, {
  timeout: LONGEST_MS + 60_000,
}, async () => {
  const plan = planOf(seed, { runs: 100, cancels: 30, kills: 50 });
  const heard: string[] = [];
  const report = await sendFleet(plan, {
    longestMs: LONGEST_MS,
    tell: (line) => heard.push(line),
  });
  const { violations, ...figures } = report;
  console.log(figures);
  expect(violations, heard.slice(-200).join("\n")).toEqual([]);
  expect(report.killsAtWork).toBeGreaterThan(25);
  expect(report.answered).toBeGreaterThan(10);
  // Some children went all the way, and some were cancelled with their parents.
  expect(report.companions["workflow.completed"]).toBeGreaterThan(3);
  expect(report.companions["workflow.cancelled"]).toBeGreaterThan(0);
  expect(report.effects).toBeGreaterThan(report.recorded);
  // Cancellations came early and late, found runs in more than one state, and some came twice.
  const { afterWorks, at } = report.landed;
  const works = Object.keys(afterWorks).map(Number);
  expect(Math.min(...works)).toBeLessThan(3);
  expect(Math.max(...works)).toBeGreaterThan(5);
  expect(Object.keys(at).length).toBeGreaterThan(1);
  expect(report.answers.alreadyRequested + report.answers.alreadyEnded).toBeGreaterThan(0);
});
