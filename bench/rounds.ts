/**
 * The engine and the floor, by turns on the same load, so that whatever else the machine does meets
 * both alike: a ratio is the median of the ratios of neighbours, never one of two far-off times.
 */
import { type Counts, together, total } from "./meter.ts";
import type { Rig } from "./rig.ts";
import type { Scenario } from "./scenarios.ts";
import { median } from "./statistics.ts";

/** What one side took. Units are DynamoDB's capacity units. */
export interface Side {
  msPerStep: number;
  /** Of this process alone. */
  cpuMsPerStep: number;
  writePerStep: number;
  readPerStep: number;
  /** Of one run. */
  counts: Counts;
}

export interface Measurement {
  scenario: Scenario;
  engine: Side;
  floor: Side;
  /** How much longer the engine takes than the floor. */
  timeRatio: number;
  /** The engine's time a step in each round: rounds of two scenarios can be compared. */
  msByRound: number[];
}

interface Sample {
  ms: number;
  cpuMs: number;
  counts: Counts;
}

interface Round {
  engine: Sample;
  floor: Sample;
}

export interface Rounds {
  rounds: number;
  /** Rounds that come first and do not count. */
  warmUp: number;
  onProgress?: (what: string) => void;
}

/** Measures scenarios in rounds, each of them once in every round. */
export async function measureRounds(
  rig: Rig,
  scenarios: readonly Scenario[],
  { rounds, warmUp, onProgress }: Rounds,
): Promise<Measurement[]> {
  const taken = scenarios.map((): Round[] => []);
  for (let round = 1 - warmUp; round <= rounds; round++) {
    for (const [index, scenario] of scenarios.entries()) {
      onProgress?.(`round ${round} of ${rounds}: ${scenario.title}`);
      const sample = await takeRound(rig, scenario, round);
      if (round > 0) taken[index]?.push(sample);
    }
  }
  return scenarios.map((scenario, index) => summarize(scenario, taken[index] ?? []));
}

async function takeRound(rig: Rig, scenario: Scenario, round: number): Promise<Round> {
  const engine: Sample[] = [];
  const floor: Sample[] = [];
  const sides = [
    async () => void engine.push(await takeEngine(rig, scenario)),
    async () => void floor.push(await take(rig, () => rig.runFloor(scenario))),
  ];
  for (let repeat = 0; repeat < scenario.repeats; repeat++) {
    const order = (round + repeat) % 2 === 0 ? sides : sides.toReversed();
    for (const side of order) await side();
  }
  return { engine: sumOf(engine), floor: sumOf(floor) };
}

async function takeEngine(rig: Rig, scenario: Scenario): Promise<Sample> {
  let runIds: string[] = [];
  const sample = await take(rig, async () => {
    runIds = await rig.runEngine(scenario);
  });
  await rig.check(runIds, scenario);
  return sample;
}

async function take(rig: Rig, work: () => Promise<unknown>): Promise<Sample> {
  rig.meter.take();
  const start = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const ms = performance.now() - start;
  return { ms, cpuMs: (user + system) / 1000, counts: rig.meter.take() };
}

function sumOf(samples: readonly Sample[]): Sample {
  return {
    ms: samples.reduce((sum, { ms }) => sum + ms, 0),
    cpuMs: samples.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    counts: together(samples.map(({ counts }) => counts)),
  };
}

function summarize(scenario: Scenario, rounds: readonly Round[]): Measurement {
  const engine = rounds.map((round) => round.engine);
  return {
    scenario,
    engine: sideOf(scenario, engine),
    floor: sideOf(
      scenario,
      rounds.map((round) => round.floor),
    ),
    timeRatio: median(rounds.map((round) => round.engine.ms / round.floor.ms)),
    msByRound: engine.map(({ ms }) => ms / stepsOf(scenario)),
  };
}

function sideOf(scenario: Scenario, samples: readonly Sample[]): Side {
  const steps = stepsOf(scenario);
  const totals = samples.map(({ counts }) => total(counts));
  return {
    msPerStep: median(samples.map(({ ms }) => ms)) / steps,
    cpuMsPerStep: median(samples.map(({ cpuMs }) => cpuMs)) / steps,
    writePerStep: median(totals.map(({ write }) => write)) / steps,
    readPerStep: median(totals.map(({ read }) => read)) / steps,
    counts: perRun(sumOf(samples).counts, samples.length * scenario.repeats * scenario.runs),
  };
}

/** The steps of one round. */
function stepsOf({ repeats, runs, steps }: Scenario): number {
  return repeats * runs * steps;
}

export function perRun(counts: Counts, runs: number): Counts {
  return Object.fromEntries(
    Object.entries(counts).map(([command, { calls, failed, write, read, indexes }]) => [
      command,
      {
        calls: calls / runs,
        failed: failed / runs,
        write: write / runs,
        read: read / runs,
        indexes: indexes / runs,
      },
    ]),
  );
}
