/** When a run is looked after next, as its head says it to the sweep. */
import { describe, expect, test } from "vitest";
import { newHead } from "../../src/conformance/samples.ts";
import { changeAfter } from "../../src/engine/commit/head-update.ts";
import { sleep, step, workflow } from "../../src/index.ts";
import { stateAfter } from "../core/logs.ts";
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

describe("a run that waits, and for no time,", () => {
  const [now, keepAt] = [10 * HOUR, 1_000 * HOUR];
  const found = { timer: undefined, hasNews: true, hasRows: false };
  const times = { now, watchdogMs: MINUTE, retentionMs: HOUR, ...found };
  const waits = { type: "wait", until: undefined, busy: false } as const;
  const head = newHead({ dueAt: now, keepAt });

  test("is looked after within a minute, whatever it is that it waits for", () => {
    const { dueAt } = changeAfter(head, { state: stateAfter(), next: waits }, times);
    expect(dueAt).toBe(now + MINUTE);
  });

  test("but for an answer from outside is looked after when its log must be kept on", () => {
    const next = { ...waits, asks: true } as const;
    expect(changeAfter(head, { state: stateAfter(), next }, times).dueAt).toBe(keepAt);
  });
});
