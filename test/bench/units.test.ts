import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { CANCELS, type CancelName, measureCancel } from "../../bench/cancel-latency.ts";
import { measurePiece, PIECES } from "../../bench/pieces.ts";
import { createRig, type Rig } from "../../bench/rig.ts";
import { measureRounds } from "../../bench/rounds.ts";
import { SCENARIOS, type Scenario, type ScenarioName } from "../../bench/scenarios.ts";
import { judge } from "../../bench/targets.ts";

/** Units need no warm process. */
const ONCE = { rounds: 1, warmUp: 0 };

let rig: Rig;

beforeAll(async () => {
  rig = await createRig(inject("dynamodbEndpoint"));
});

afterAll(() => rig?.stop());

function scenario(name: ScenarioName, change: Partial<Scenario> = {}): Scenario {
  const found = SCENARIOS.find((each) => each.name === name);
  if (!found) throw new Error(`There is no scenario ${name}`);
  return { ...found, repeats: 1, ...change };
}

it.each([
  ["100 sequential steps", scenario("sequential-100")],
  ["100 parallel steps", scenario("parallel-100")],
  ["20 runs of 5 steps", scenario("runs-of-5", { runs: 20 })],
])("%s cost no more units than promised", async (_, load) => {
  const scenarios = await measureRounds(rig, [load], ONCE);
  const counts = judge({ scenarios }).filter(({ kind }) => kind === "count");
  expect(counts.length).toBeGreaterThan(0);
  expect(counts.filter(({ reached }) => !reached)).toEqual([]);
});

it("a sequential step costs two write units, however many went before", async () => {
  const lengths = [10, 40];
  const [short, long] = await measureRounds(
    rig,
    lengths.map((steps) => scenario("sequential-10", { steps })),
    ONCE,
  );
  const units = [short, long].map((each) => (each ? perRun(each) : 0));
  expect(((units[1] ?? 0) - (units[0] ?? 0)) / 30).toBeCloseTo(2);
});

it("a sleeping run is cancelled and cleaned up within the promised round trips", async () => {
  const name: CancelName = "cancel-sleep";
  const cancel = CANCELS.find((each) => each.name === name);
  if (!cancel) throw new Error(`There is no scenario ${name}`);
  const verdicts = judge({
    cancels: [await measureCancel(rig, cancel, 5)],
  });
  expect(verdicts).toMatchObject([{ atMost: 12, reached: true }]);
});

it.each(PIECES)("$name costs no more units than promised", async (piece) => {
  const { measureFew = piece.measure } = piece;
  const [units, ...rest] = judge({
    pieces: [await measurePiece(rig, { ...piece, measure: measureFew })],
  });
  expect(units).toMatchObject({ atMost: piece.atMost, reached: true });
  expect(rest).toMatchObject(rest.map(() => ({ atMost: piece.atMostMessages, reached: true })));
});

it("the floor is two conditional puts and one query a step", async () => {
  rig.meter.take();
  await rig.runFloor({ shape: "parallel", runs: 2, steps: 20, processes: 1 });
  expect(rig.meter.take()).toMatchObject({
    PutItem: { calls: 80, write: 80, failed: 0 },
    Query: { calls: 40 },
  });
});

function perRun({
  engine,
  scenario: { steps },
}: {
  engine: { writePerStep: number };
  scenario: Scenario;
}) {
  return engine.writePerStep * steps;
}
