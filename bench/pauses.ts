/** What it costs to hold a run back, and to let it go on: each what the request of a cancel does. */
import { together } from "./meter.ts";
import type { Piece, Taken } from "./pieces.ts";
import type { Rig } from "./rig.ts";
import { sleeping } from "./workflows.ts";

const PAUSES = 20;

export const PAUSE_PIECES: readonly Piece[] = [
  {
    name: "paused",
    title: "a run that sleeps is paused, until it rests",
    atMost: 19,
    measure: (rig) => measure(rig, "pause"),
  },
  {
    name: "resumed",
    title: "it is resumed, until it sleeps again",
    atMost: 19,
    measure: (rig) => measure(rig, "resume"),
  },
];

/** One run is paused and resumed, and one of the two is measured. */
async function measure(rig: Rig, measured: "pause" | "resume"): Promise<Taken> {
  const { runId } = await rig.engine.start(sleeping.name);
  await rig.atRest();
  const taken: Omit<Taken, "counts"> = { times: PAUSES, ms: 0, beside: 0 };
  const counts: Taken["counts"][] = [];
  for (let time = 0; time < PAUSES; time++) {
    for (const what of ["pause", "resume"] as const) {
      rig.meter.take();
      const start = performance.now();
      await rig.engine[what](runId, { reason: "rest" });
      await rig.atRest();
      if (what !== measured) continue;
      taken.ms += performance.now() - start;
      counts.push(rig.meter.take());
    }
  }
  await rig.engine.terminate(runId);
  return { ...taken, counts: together(counts) };
}
