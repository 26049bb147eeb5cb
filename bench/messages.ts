/** What a message costs: one that is waited for, one that is not, and many senders of one run. */
import type { Engine } from "../src/engine/index.ts";
import { channel, sleep, workflow } from "../src/index.ts";
import type { Piece, Taken } from "./pieces.ts";
import type { Rig } from "./rig.ts";

const MESSAGES = 20;
const SENDERS = 200;
const PROCESSES = 8;

const news = channel<number>("news");

/** Takes what comes, as it comes. */
const listening = workflow(
  "listening",
  async () => {
    for await (const _ of news);
  },
  { channels: [news] },
);

/** Takes nothing for as long as it is measured. */
const busy = workflow("busy", () => sleep("1h"), { channels: [news] });

export const MESSAGE_WORKFLOWS = [listening, busy] as const;

export const MESSAGE_PIECES: readonly Piece[] = [
  {
    name: "message-received",
    title: "a message that a run waits for, until it rests again",
    atMost: 6,
    measure: (rig) => oneByOne(rig, listening.name),
  },
  {
    name: "message-kept",
    title: "a message that nobody waits for",
    atMost: 1,
    measure: (rig) => oneByOne(rig, busy.name),
  },
  {
    name: "senders-200",
    title: `a message of ${SENDERS} that one process sends at once to a run that waits`,
    atMost: 1,
    measure: (rig) => atOnce(rig, [rig.engine]),
  },
  {
    name: "senders-200-apart",
    title: `a message of ${SENDERS} that ${PROCESSES} processes send at once`,
    atMost: 6,
    measure: (rig) => atOnce(rig, rig.strangers(PROCESSES)),
  },
];

async function oneByOne(rig: Rig, workflow: string): Promise<Taken> {
  return await measured(rig, workflow, MESSAGES, async (runId) => {
    for (let count = 0; count < MESSAGES; count++) {
      await rig.engine.send(runId, news, count);
      await rig.atRest();
    }
  });
}

async function atOnce(rig: Rig, processes: readonly Engine[]): Promise<Taken> {
  return await measured(rig, listening.name, SENDERS, async (runId) => {
    const senders = Array.from({ length: SENDERS }, async (_, count) => {
      await processes[count % processes.length]?.send(runId, news, count);
    });
    await Promise.all(senders);
    await rig.atRest();
    const { events } = await rig.engine.getEvents(runId);
    const received = events.filter(({ type }) => type === "receive.completed").length;
    if (received !== SENDERS) throw new Error(`${received} messages were received.`);
  });
}

async function measured(
  rig: Rig,
  workflow: string,
  times: number,
  work: (runId: string) => Promise<void>,
): Promise<Taken> {
  const { runId } = await rig.engine.start(workflow);
  await rig.atRest();
  rig.meter.take();
  const start = performance.now();
  await work(runId);
  const ms = performance.now() - start;
  const counts = rig.meter.take();
  await rig.engine.terminate(runId);
  return { times, ms, counts, beside: 0 };
}
