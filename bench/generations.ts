/** What it costs to go on as new, at the start of a long chain and at its end. */
import { continueAsNew, sleep, step, workflow } from "../src/index.ts";
import type { Piece, Taken } from "./pieces.ts";
import type { Rig } from "./rig.ts";

const GENERATIONS = 20;
/** So many go before those that are measured at the end of a chain. */
const BEFORE = 1_000 - GENERATIONS;
/** A claim and a completion. */
const UNITS_OF_STEP = 2;

/** Called when so many generations are left. */
let onLast = (): void => {};

const tick = step("tick", async (left: number) => {
  if (left === GENERATIONS) onLast();
});

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

/** Runs a chain, and measures its last generations, with the rest that follows them. */
async function goOn(rig: Rig, before: number): Promise<Taken> {
  let start = 0;
  onLast = () => {
    rig.meter.take();
    start = performance.now();
  };
  const { runId } = await rig.engine.start(chain.name, before + GENERATIONS);
  await rig.atRest();
  const ms = performance.now() - start;
  const counts = rig.meter.take();
  const { generation } = await rig.engine.getRun(runId);
  if (generation !== before + GENERATIONS + 1) throw new Error(`It is generation ${generation}.`);
  await rig.engine.terminate(runId);
  return { times: GENERATIONS, ms, counts, beside: GENERATIONS * UNITS_OF_STEP };
}
