/** When a run is looked after next, as its head says it to the sweep. */
import { expect, test } from "vitest";
import { sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createHandHeld, type HandHeld } from "./hand-held.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const noop = async (): Promise<void> => {};

describeOnEachStore("a sweep looks after a run", (world) => {
  async function begin(held: HandHeld): Promise<string> {
    const { runId } = await held.engine.start("order");
    world.watch(runId, held.engine.workflows);
    await held.engine.turn({ runId });
    return runId;
  }

  /** Rounds of the sweep whose messages are all lost: after them the next one is far off. */
  async function loseRounds(held: HandHeld): Promise<void> {
    for (let round = 0; round < 6; round += 1) {
      held.clock.now += 15 * MINUTE;
      expect(await held.engine.sweep()).toEqual({ sent: 1 });
    }
    held.takeSent();
  }

  test("that is busy as soon as its next timer is due, however far off the next look was", async () => {
    const order = workflow("order", async () => {
      const asleep = step("quick", noop)().then(() => sleep("30s"));
      await Promise.all([step("long", noop)(), asleep]);
    });
    const held = createHandHeld([order], { store: world.store });
    const runId = await begin(held);
    await loseRounds(held);
    await held.engine.turn({ runId, task: 0 });
    held.takeSent();
    held.clock.now += 29 * SECOND;
    expect(await held.engine.sweep()).toEqual({ sent: 0 });
    held.clock.now += SECOND;
    expect(await held.engine.sweep()).toEqual({ sent: 1 });
  });

  test("that waits for nothing a minute later, as it may have been mended by then", async () => {
    const order = workflow("order", () => new Promise(() => {}));
    const held = createHandHeld([order], { store: world.store });
    await begin(held);
    expect(await held.engine.sweep()).toEqual({ sent: 0 });
    held.clock.now += MINUTE;
    expect(await held.engine.sweep()).toEqual({ sent: 1 });
  });

  test("that has just gone on after a sleep a minute later, and not at once", async () => {
    const order = workflow("order", async () => {
      await sleep("1h");
      await Promise.all([step("a", noop)(), step("b", noop)()]);
    });
    const held = createHandHeld([order], { store: world.store });
    const runId = await begin(held);
    held.clock.now += HOUR;
    await held.engine.turn({ runId });
    held.takeSent();
    expect(await held.engine.sweep()).toEqual({ sent: 0 });
    held.clock.now += MINUTE;
    expect(await held.engine.sweep()).toEqual({ sent: 1 });
  });

  test("that went on after many rounds in short pauses again", async () => {
    const order = workflow("order", async () => {
      await Promise.all([step("a", noop)(), step("b", noop)()]);
      await sleep("1h");
    });
    const held = createHandHeld([order], { store: world.store });
    const runId = await begin(held);
    await loseRounds(held);
    for (const task of [0, 1]) await held.engine.turn({ runId, task });
    held.takeSent();
    held.clock.now += HOUR;
    expect(await held.engine.sweep()).toEqual({ sent: 1 });
    held.clock.now += 2 * MINUTE;
    expect(await held.engine.sweep()).toEqual({ sent: 1 });
  });
});
