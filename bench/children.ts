/** What a child costs beside a run of its own: its birth with others, and its end in its parent's log. */
import { child, workflow } from "../src/index.ts";
import { total } from "./meter.ts";
import type { Piece, Taken } from "./pieces.ts";
import type { Rig } from "./rig.ts";

/** As many as one entry may bear. */
const BORN_TOGETHER = 98;
const ENDING_TOGETHER = 1_000;
/** Runs of which one, on average, stands for what a run costs by itself. */
const ALONE = 20;

const leaf = workflow("leaf", async (place: number) => place);

/** Has so many children at once, and waits for them all. */
const family = workflow("family", async (size: number) => {
  const children = await Promise.all(
    Array.from({ length: size }, (_, place) => child(leaf, place)),
  );
  return (await Promise.all(children.map((each) => each.result()))).length;
});

export const CHILD_WORKFLOWS = [leaf, family] as const;

export const CHILD_PIECES: readonly Piece[] = [
  {
    name: "child",
    title: `a child of ${BORN_TOGETHER}, from its birth to its end's record, beside a run`,
    atMost: 7,
    atMostMessages: 1.2,
    measure: (rig) => raise(rig, BORN_TOGETHER),
  },
  {
    name: "children-1000",
    title: `the same of ${ENDING_TOGETHER} that end at once`,
    atMost: 7,
    atMostMessages: 1.2,
    measure: (rig) => raise(rig, ENDING_TOGETHER),
    measureFew: (rig) => raise(rig, 2 * BORN_TOGETHER),
  },
];

async function raise(rig: Rig, size: number): Promise<Taken> {
  const alone = await run(rig, () =>
    Promise.all(Array.from({ length: ALONE }, (_, place) => rig.engine.start(leaf.name, place))),
  );
  const taken = await run(rig, async () => [await rig.engine.start(family.name, size)]);
  const runs = (size + 1) / ALONE;
  return {
    ...taken,
    times: size,
    beside: runs * total(alone.counts).write,
    messagesBeside: runs * alone.messages,
  };
}

async function run(
  rig: Rig,
  start: () => Promise<{ runId: string }[]>,
): Promise<Pick<Taken, "ms" | "counts"> & { messages: number }> {
  rig.meter.take();
  rig.takeMessages();
  const began = performance.now();
  const started = await start();
  await rig.atRest();
  const ms = performance.now() - began;
  const [counts, messages] = [rig.meter.take(), rig.takeMessages()];
  for (const { runId } of started) {
    const { status } = await rig.engine.getRun(runId);
    if (status !== "completed") throw new Error(`Run ${runId} is ${status}.`);
  }
  return { ms, counts, messages };
}
