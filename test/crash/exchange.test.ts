/** A crash at each call to the store in the turn that exchanges the log of a run, which goes on as new. */
import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createEngine } from "../../src/engine/index.ts";
import { channel, child, continueAsNew, getContext, workflow } from "../../src/index.ts";
import type { Store } from "../../src/ports/store.ts";
import { brokenInvariants } from "../../src/testing/invariants.ts";
import { around } from "../engine/watched-store.ts";
import { silent } from "../silent.ts";
import { FAULTS } from "./table.ts";

type Fault = (typeof FAULTS)[number];

const RUN = "run";
const CHILD = "child";
const go = channel<string>("go");
const words = channel<string>("words");

const worker = workflow("worker", async () => await go.receive(), { channels: [go] });
/** Starts a child, goes on as new when it is told to, and hears two words then. */
const boss = workflow(
  "boss",
  async (generation: number): Promise<string[]> => {
    if (generation !== getContext().generation) throw new Error("a generation began twice");
    if (generation === 2) return [await words.receive(), await words.receive()];
    await child(worker, undefined, { runId: CHILD });
    await go.receive();
    return await continueAsNew(2);
  },
  { channels: [go, words] },
);

function engineOn(store: Store) {
  const scheduler = { send: async (): Promise<void> => {} };
  // It asks again at once where an answer was lost.
  const random = (): number => 0;
  return createEngine({ workflows: [boss, worker], store, scheduler, random, logger: silent });
}

interface Row {
  index: number;
  fault: Fault | undefined;
  cancelled: boolean;
}

/** The run with this in the turn that exchanges its log, brought to its end by others. */
async function play({ index, fault, cancelled }: Row) {
  const store = createMemoryStore();
  const engine = engineOn(store);
  await engine.start(boss, 1, { runId: RUN });
  await engine.turn({ runId: RUN });
  for (const word of ["a", "b"]) await engine.send(RUN, words, word, { messageId: word });
  await engine.send(RUN, go, "on");
  let calls = 0;
  let die = (): void => {};
  const death = new Promise<void>((resolve) => {
    die = resolve;
  });
  const dead = (): Promise<never> => {
    die();
    return new Promise(() => {});
  };
  const faulty = around(store, async (_, call) => {
    if (calls++ !== index) return await call();
    if (cancelled) await engine.cancel(RUN, { reason: "enough" });
    if (fault === "diesBefore") return await dead();
    const answer = await call();
    if (fault === "diesAfter") return await dead();
    if (fault === "answerLost") throw new Error("the connection was reset");
    return answer;
  });
  await Promise.race([
    engineOn(faulty)
      .turn({ runId: RUN })
      .catch(() => {}),
    death,
  ]);
  for (let round = 0; round < 3; round += 1) {
    for (const runId of [RUN, CHILD]) await engine.turn({ runId });
  }
  return { store, engine, calls };
}

/** What is wrong with how it ended. */
async function wrongWith(row: Row): Promise<string[]> {
  const { store, engine } = await play(row);
  const run = await engine.getRun(RUN);
  const wrong: string[] = [];
  if (!row.cancelled) {
    const heard = JSON.stringify(run.output);
    if (run.generation !== 2 || heard !== '["a","b"]') wrong.push(`${run.status} with ${heard}`);
  } else if (run.status !== "cancelled" && run.status !== "completed") wrong.push(run.status);
  const { status } = await engine.getRun(CHILD);
  if (status !== "cancelled") wrong.push(`its child is ${status}`);
  for (let generation = 1; generation <= (run.generation ?? 1); generation += 1) {
    const { events } = await engine.getEvents(RUN, { generation });
    const carried = events.flatMap((event) =>
      event.type === "message.received" && "carried" in event ? [event.messageId] : [],
    );
    const inherited = events.filter(({ type }) => type === "child.inherited").length;
    const expected = generation === 1 ? "/0" : "a,b/1";
    const found = `${carried}/${inherited}`;
    if (found !== expected) wrong.push(`generation ${generation} was told of ${found}`);
  }
  for (const runId of [RUN, CHILD]) {
    const head = await store.runs.get(runId, 0);
    if (head) wrong.push(...brokenInvariants(await store.log.read(head, { from: 0 }), head));
  }
  return wrong;
}

describe("a crash at each call to the store as a log is exchanged", () => {
  for (const cancelled of [false, true]) {
    const how = cancelled ? "and is cancelled right there" : "undisturbed";

    it(`is survived by a run with unread messages and a living child that goes on as new ${how}`, async () => {
      const { calls } = await play({ index: -1, fault: undefined, cancelled: false });
      expect(calls).toBeGreaterThan(2);
      const wrong: string[] = [];
      for (let index = 0; index < calls; index += 1) {
        for (const fault of [undefined, ...FAULTS]) {
          const found = await wrongWith({ index, fault, cancelled });
          wrong.push(...found.map((each) => `${fault} at call ${index}: ${each}`));
        }
      }
      expect(wrong).toEqual([]);
    });
  }
});
