/** What it costs to go on as new, at the start of a long chain and at its end. */
import { continueAsNew, sleep, step, workflow } from "../src/index.ts";
import { total } from "./meter.ts";
import type { Piece, Taken } from "./pieces.ts";
import type { Rig } from "./rig.ts";

const GENERATIONS = 20;
/** So many go before those that are measured at the end of a chain. */
const BEFORE = 1_000 - GENERATIONS;
/** A claim and a completion. */
const UNITS_OF_STEP = 2;

const tick = step("tick", async (left: number) => left);

/** Makes a step in each of so many generations, and rests in the last one. */
const chain = workflow("chain", async (left: number): Promise<unknown> => {
  if (left === 0) return await sleep("1h");
  await tick(left);
  return await continueAsNew(left - 1);
});

export const GENERATION_WORKFLOWS = [chain] as const;

export const GENERATION_PIECES: readonly Piece[] = [
  {
    name: "generation",
    title: "a run goes on as new, beside its steps",
    atMost: 8,
    measure: (rig) => goOn(rig, 0),
  },
  {
    name: "generation-late",
    title: "the same, of the last ones of a thousand",
    atMost: 8,
    measure: (rig) => goOn(rig, BEFORE),
  },
];

/** Runs a chain of so many, and measures what it takes for it to be longer. */
async function goOn(rig: Rig, before: number): Promise<Taken> {
  const short = await measured(rig, before);
  const long = await measured(rig, before + GENERATIONS);
  const { counts, ms } = long;
  const { write } = short;
  const beside = write + GENERATIONS * UNITS_OF_STEP;
  return { times: GENERATIONS, ms: ms - short.ms, counts, beside };
}

async function measured(rig: Rig, generations: number) {
  rig.meter.take();
  const start = performance.now();
  const { runId } = await rig.engine.start(chain.name, generations);
  await rig.atRest();
  const ms = performance.now() - start;
  const counts = rig.meter.take();
  const { generation } = await rig.engine.getRun(runId);
  if (generation !== generations + 1) throw new Error(`The run is in generation ${generation}.`);
  await rig.engine.terminate(runId);
  rig.meter.take();
  return { ms, counts, write: total(counts).write };
}
