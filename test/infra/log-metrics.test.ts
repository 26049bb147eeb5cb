/** What the filters count in lines that the functions write, by CloudWatch's rules. */
import { expect, it } from "vitest";
import { FAILED_RUNS, logMetrics, PROBLEMS } from "../../infra/stack/log-metrics.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createLogObserver } from "../../src/engine/index.ts";
import { step, workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { keepLines } from "../logging/kept-lines.ts";
import { countsIn } from "./log-filter.ts";

const fail = step(
  "fail",
  async () => {
    throw new Error("no");
  },
  { retries: 0 },
);
const failing = workflow("failing", async () => void (await fail()));
const fine = workflow("fine", async () => "done");
const order = (...names: string[]) =>
  workflow("order", async () => {
    for (const name of names) await step(name, async () => {})();
  });
const before = order("reserve", "charge");
const after = order("charge", "reserve");

it("counts a run that fails, once", async () => {
  const kept = keepLines();
  const engine = createTestEngine({
    workflows: [failing, fine],
    logger: kept.logger,
    observer: createLogObserver(kept.logger),
  });
  await engine.start(failing);
  await engine.start(fine);
  await engine.clock.advance("1h");
  expect(countsIn(kept.text(), FAILED_RUNS.pattern)).toBe(1);
  expect(countsIn(kept.text(), PROBLEMS.pattern)).toBe(0);
});

it("counts each turn that cannot be done, at every level of the log", async () => {
  const store = createMemoryStore();
  const first = createTestEngine({ workflows: [before], store });
  const { runId } = await first.start(before);
  await first.turn({ runId });
  const kept = keepLines("error");
  const engine = createTestEngine({
    workflows: [after],
    store,
    logger: kept.logger,
    observer: createLogObserver(kept.logger),
  });
  await engine.turn({ runId });
  expect(countsIn(kept.text(), PROBLEMS.pattern)).toBe(1);
  await engine.turn({ runId });
  expect(countsIn(kept.text(), PROBLEMS.pattern)).toBe(2);
  await engine.reportProblem(runId, new Error("given up"));
  expect(countsIn(kept.text(), PROBLEMS.pattern)).toBe(3);
  expect(countsIn(kept.text(), FAILED_RUNS.pattern)).toBe(0);
});

it("counts in the logs of the functions that take turns, and of the one that finds damaged runs", () => {
  const groups = Object.values(logMetrics).map(({ Properties }) => Properties["LogGroupName"]);
  expect(groups).toEqual([
    { Ref: "TurnLogGroup" },
    { Ref: "TurnLogGroup" },
    { Ref: "DeadLetterLogGroup" },
    { Ref: "DeadLetterLogGroup" },
    { Ref: "SweepLogGroup" },
  ]);
});
