/**
 * Wide runs on the store in memory, where nothing but the engine takes time: what a step costs as
 * runs get wider, and whether the runs after a wide one are held up by what is left of it.
 */
import { createLocalScheduler } from "../src/adapters/local/index.ts";
import { createMemoryStore } from "../src/adapters/memory/index.ts";
import { createEngine } from "../src/engine/index.ts";
import { aroundStore } from "../src/ports/store/around.ts";
import { median } from "./statistics.ts";
import { parallel, sequential } from "./workflows.ts";

/** Steps in one `Promise.all`: the widest is to the narrowest as the target says. */
export const WIDTHS = [500, 1_000, 5_000] as const;
const SMALL_RUNS = 200;
/** Its name among the scenarios. */
export const WIDE = "wide-memory";

export interface Wide {
  steps: number;
  /** Of this process, a step. */
  cpuMsPerStep: number;
  messagesPerStep: number;
  callsPerStep: number;
  /** CPU of small runs right after it, to that of as many before. */
  smallRunsRatio: number;
  cpuByRound: number[];
}

interface Sample {
  cpuMs: number;
  messages: number;
  calls: number;
  smallRunsRatio: number;
}

/** Each width once in every round. */
export async function measureWide(
  rounds: number,
  onProgress: (what: string) => void,
): Promise<Wide[]> {
  const taken = WIDTHS.map((): Sample[] => []);
  for (let round = 0; round <= rounds; round++) {
    onProgress(`round ${round} of ${rounds}: wide runs in memory`);
    for (const [index, steps] of WIDTHS.entries()) {
      const sample = await takeOne(steps);
      // The first round warms up.
      if (round > 0) taken[index]?.push(sample);
    }
  }
  return WIDTHS.map((steps, index) => summarize(steps, taken[index] ?? []));
}

function summarize(steps: number, samples: readonly Sample[]): Wide {
  const of = (field: (sample: Sample) => number): number => median(samples.map(field));
  return {
    steps,
    cpuMsPerStep: of(({ cpuMs }) => cpuMs) / steps,
    messagesPerStep: of(({ messages }) => messages) / steps,
    callsPerStep: of(({ calls }) => calls) / steps,
    smallRunsRatio: of(({ smallRunsRatio }) => smallRunsRatio),
    cpuByRound: samples.map(({ cpuMs }) => cpuMs / steps),
  };
}

async function takeOne(steps: number): Promise<Sample> {
  const counts = { messages: 0, calls: 0 };
  const local = createLocalScheduler({ sweepEvery: "1h" });
  const engine = createEngine({
    workflows: [parallel, sequential],
    store: aroundStore(createMemoryStore(), ({ make }) => {
      counts.calls += 1;
      return make();
    }),
    scheduler: {
      maxDelayMs: local.maxDelayMs ?? 0,
      async send(messages) {
        counts.messages += messages.length;
        await local.send(messages);
      },
    },
  });
  local.start(engine);
  const smallRuns = (): Promise<number> =>
    cpuOf(async () => {
      for (let run = 0; run < SMALL_RUNS; run++) await (await engine.start(sequential, 2)).result();
    });
  const before = await smallRuns();
  Object.assign(counts, { messages: 0, calls: 0 });
  const cpuMs = await cpuOf(async () => {
    const output = await (await engine.start(parallel, steps)).result();
    if (output !== steps) throw new Error(`${output} steps ended, not ${steps}.`);
  });
  const { messages, calls } = counts;
  const after = await smallRuns();
  await local.stop();
  return { cpuMs, messages, calls, smallRunsRatio: after / before };
}

async function cpuOf(work: () => Promise<void>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
