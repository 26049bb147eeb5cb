import { expect, test } from "vitest";
import { createEngine, type Engine, type Message } from "../../src/engine/index.ts";
import { sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore, replay, silent } from "./each-store.ts";
import { storyOf } from "./story.ts";

const HOURS_AHEAD = 3 * 3_600_000;
const note = step("note", async () => {});
const naps = workflow("naps", async () => {
  await note();
  await note();
  await sleep(200);
  await note();
});

describeOnEachStore("where the clock of one process is three hours ahead", (world) => {
  /** Two processes, their messages, and the time that the second has right. */
  function open(): { ahead: Engine; right: Engine; sent: Message[]; clock: { now: number } } {
    const clock = { now: Date.parse("2030-01-01T00:00:00Z") };
    const sent: Message[] = [];
    const engineAt = (ms: number): Engine =>
      createEngine({
        workflows: [naps],
        store: world.store,
        logger: silent,
        replay,
        clock: { now: () => clock.now + ms, after: () => () => {} },
        scheduler: { send: async (messages) => void sent.push(...messages) },
      });
    return { ahead: engineAt(HOURS_AHEAD), right: engineAt(0), sent, clock };
  }

  test("what it wrote before makes no sleep longer", async () => {
    const { ahead, right, sent, clock } = open();
    const { runId } = await ahead.start(naps);
    world.watch(runId, [naps]);
    await ahead.turn({ runId });
    await right.turn({ runId });
    expect(await storyOf(right, runId, { only: /sleep/ })).toEqual(["sleep.started"]);
    expect(sent.at(-1)).toMatchObject({ delayMs: 200 });
    clock.now += 200;
    await right.turn({ runId });
    await right.turn({ runId });
    expect(await right.getRun(runId)).toMatchObject({ status: "completed" });
  });

  test("a sleep that it began is begun anew by who is right", async () => {
    const { ahead, right, sent, clock } = open();
    const { runId } = await ahead.start(naps);
    world.watch(runId, [naps]);
    await ahead.turn({ runId });
    await ahead.turn({ runId });
    clock.now += 200;
    await right.turn({ runId });
    expect(sent.at(-1)).toMatchObject({ delayMs: 200 });
    clock.now += 200;
    await right.turn({ runId });
    await right.turn({ runId });
    expect(await right.getRun(runId)).toMatchObject({ status: "completed" });
  });
});
