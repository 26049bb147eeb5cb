import { expect, it } from "vitest";
import type { CancelMeasurement } from "../../bench/cancel-latency.ts";
import type { Measurement, Side } from "../../bench/rounds.ts";
import { SCENARIOS, type ScenarioName } from "../../bench/scenarios.ts";
import { judge } from "../../bench/targets.ts";

function measured(name: ScenarioName, engine: Partial<Side>, msByRound = [1]): Measurement {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (!scenario) throw new Error(`There is no scenario ${name}`);
  const side = { msPerStep: 1, cpuMsPerStep: 1, writePerStep: 2, readPerStep: 0, counts: {} };
  return { scenario, engine: { ...side, ...engine }, floor: side, timeRatio: 1, msByRound };
}

it("judges what was measured and nothing else", () => {
  const verdicts = judge({ scenarios: [measured("sequential-1000", {})] });
  expect(verdicts.map(({ what }) => what)).toEqual([
    "write units a step: sequential-1000",
    "read units a step: sequential-1000",
  ]);
  expect(verdicts.every(({ reached }) => reached)).toBe(true);
});

it("a unit too many is a miss, just enough is not", () => {
  const missed = (writePerStep: number) =>
    judge({ scenarios: [measured("runs-of-5", { writePerStep })] })
      .filter(({ reached }) => !reached)
      .map(({ what }) => what);
  expect(missed(4.8)).toEqual([]);
  expect(missed(5)).toEqual([
    "write units a step: runs-of-5",
    "write units of a run beside its steps",
  ]);
});

it("compares the times of long and short runs round by round", () => {
  const short = measured("sequential-100", {}, [1, 2, 1]);
  const long = measured("sequential-1000", {}, [1.2, 2.8, 1.5]);
  const [growth] = judge({ scenarios: [long, short] }).filter(({ of }) => of.length > 1);
  expect(growth?.measured).toBeCloseTo(1.4);
  expect(growth).toMatchObject({ kind: "time", reached: false });
});

it("counts the round trips of a cancel", () => {
  const cancel: CancelMeasurement = {
    name: "cancel-sleep",
    title: "",
    runs: 1,
    p50Ms: 1,
    p99Ms: 1,
    roundTrips: 13,
    counts: {},
  };
  expect(judge({ cancels: [cancel] })).toMatchObject([{ atMost: 12, reached: false }]);
});

it("counts the write units of single things", () => {
  const piece = { name: "hook-delivered", title: "a payload", atMost: 6, ms: 1, counts: {} };
  const pieces = [6, 6.5].map((write) => ({ ...piece, write }));
  expect(judge({ pieces })).toMatchObject([
    { what: "write units: a payload", kind: "count", measured: 6, reached: true },
    { measured: 6.5, reached: false },
  ]);
});

it("counts the messages of single things that promise how many", () => {
  const piece = { name: "child", title: "a child", atMost: 7, write: 6, ms: 1, counts: {} };
  const pieces = [1, 2].map((messages) => ({ ...piece, atMostMessages: 1.2, messages }));
  const verdicts = judge({ pieces }).filter(({ what }) => what.startsWith("messages"));
  expect(verdicts).toMatchObject([
    { what: "messages: a child", measured: 1, atMost: 1.2, reached: true },
    { measured: 2, reached: false },
  ]);
});

it("compares wide runs with narrow ones round by round, and counts what each step costs", () => {
  const wide = [500, 5_000].map((steps, index) => ({
    steps,
    cpuMsPerStep: 1,
    messagesPerStep: index === 0 ? 1.01 : 1.02,
    callsPerStep: 2.5,
    smallRunsRatio: 1.2,
    cpuByRound: index === 0 ? [1, 2, 1] : [1.5, 2.2, 1.4],
  }));
  const missed = judge({ wide }).filter(({ reached }) => !reached);
  expect(missed).toMatchObject([
    { what: "messages a step: 5000 in memory", kind: "count", measured: 1.02 },
    { what: "CPU a step in memory: 5000 parallel steps, to 500", kind: "time", measured: 1.4 },
  ]);
});
