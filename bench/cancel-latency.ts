/** How long a cancel takes, from the request to the end of the run, one clean-up step included. */
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { type Counts, together, total } from "./meter.ts";
import type { Rig } from "./rig.ts";
import { perRun } from "./rounds.ts";
import { median, percentile } from "./statistics.ts";
import { beats, looping, sleeping } from "./workflows.ts";

export const CANCELS = [
  { name: "cancel-loop", title: "cancel, in a loop of short steps" },
  { name: "cancel-sleep", title: "cancel, asleep" },
] as const;

export type CancelName = (typeof CANCELS)[number]["name"];

export interface CancelMeasurement {
  name: CancelName;
  title: string;
  runs: number;
  p50Ms: number;
  p99Ms: number;
  /** Requests to the store until the run has ended, those of the waiting caller included. */
  roundTrips: number;
  /** Of one run. */
  counts: Counts;
}

/** Brings a run to where it is cancelled. @returns its id. */
const PREPARE: Record<CancelName, (rig: Rig) => Promise<string>> = {
  async "cancel-loop"(rig) {
    const begun = once(beats, "third");
    const { runId } = await rig.engine.start(looping.name);
    await begun;
    // Anywhere in a step, and not always where the beat is.
    await pause(Math.random() * 20);
    return runId;
  },
  async "cancel-sleep"(rig) {
    const { runId } = await rig.engine.start(sleeping.name);
    await rig.atRest();
    return runId;
  },
};

const WARM_UP = 5;

/** Cancels runs one after the other. */
export async function measureCancel(
  rig: Rig,
  { name, title }: { name: CancelName; title: string },
  runs: number,
): Promise<CancelMeasurement> {
  for (let run = 0; run < WARM_UP; run++) await cancelOne(rig, name);
  const times: number[] = [];
  const counts: Counts[] = [];
  for (let run = 0; run < runs; run++) {
    const sample = await cancelOne(rig, name);
    times.push(sample.ms);
    counts.push(sample.counts);
  }
  return {
    name,
    title,
    runs,
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    roundTrips: median(counts.map((each) => total(each).calls)),
    counts: perRun(together(counts), runs),
  };
}

async function cancelOne(rig: Rig, name: CancelName): Promise<{ ms: number; counts: Counts }> {
  const runId = await PREPARE[name](rig);
  rig.meter.take();
  const start = performance.now();
  const { status } = await rig.engine.cancel(runId, { wait: true });
  const ms = performance.now() - start;
  const counts = rig.meter.take();
  const { cancellation } = await rig.engine.getRun(runId);
  if (status !== "cancelled" || cancellation?.cleanup?.steps !== 1) {
    throw new Error(`Run ${runId} is ${status} after ${cancellation?.cleanup?.steps} clean-ups.`);
  }
  await rig.atRest();
  return { ms, counts };
}
