/** A step of a wide run costs what a step of a narrow one does. Work is counted, never timed. */
import { afterEach, describe, expect, test } from "vitest";
import { createLocalScheduler } from "../../src/adapters/local/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createEngine } from "../../src/engine/index.ts";
import { step, workflow } from "../../src/index.ts";
import type { Message, Scheduler } from "../../src/ports/scheduler.ts";
import type { StoreCallName } from "../../src/ports/store/around.ts";
import { replay, silent } from "./each-store.ts";
import { countCalls } from "./watched-store.ts";

const tick = step("tick", async (count: number) => count);
const wide = workflow("wide", async (width: number) => {
  const counts = Array.from({ length: width }, (_, index) => index);
  return (await Promise.all(counts.map((count) => tick(count)))).length;
});

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

/** An engine on the memory store that delivers its messages itself, and counts what it does. */
function createRig() {
  const counted = countCalls(createMemoryStore());
  const messages: Message[] = [];
  const local = createLocalScheduler({ logger: silent });
  const scheduler: Scheduler = {
    maxDelayMs: 0,
    async send(sent) {
      messages.push(...sent);
      await local.send(sent);
    },
  };
  const options = { workflows: [wide], store: counted.store, scheduler, logger: silent, replay };
  const engine = createEngine(options);
  local.start(engine);
  stops.push(() => local.stop());
  return {
    ...counted,
    messages,
    engine,
    createAnother: () => createEngine(options),
    /** Lets the turns at work finish. */
    rest: () => local.stop(),
  };
}

/** What one run of so many parallel steps costs. */
async function costOf(width: number) {
  const { engine, calls, messages } = createRig();
  const run = await engine.start(wide, width);
  expect(await run.result()).toBe(width);
  return { messages: messages.length, calls };
}

// One entry holds the schedule of 999 tasks.
describe.each([500, 1_000, 2_500])("a run of %i steps in one Promise.all", (width) => {
  test("sends one message a step", async () => {
    const { messages } = await costOf(width);
    expect(messages).toBeGreaterThanOrEqual(width);
    expect(messages).toBeLessThanOrEqual(1.01 * width);
  });

  test.skipIf(replay !== undefined && replay !== "live")(
    "asks the store once for a step's claim, once for its end, and hardly for anything else",
    async () => {
      const { calls } = await costOf(width);
      const made = (name: StoreCallName): number => calls[name] ?? 0;
      expect(made("tasks.claim")).toBe(width);
      expect(made("tasks.update")).toBe(width);
      expect(made("log.append")).toBeLessThanOrEqual(width / 2);
      const others = made("log.read") + made("tasks.get") + made("tasks.stop");
      expect(others).toBeLessThanOrEqual(10 + width / 10);
    },
  );
});

describe("a message of a run that has ended", () => {
  test("costs one reading of its head, wherever it arrives", async () => {
    const { engine, calls, reset, rest, createAnother } = createRig();
    const run = await engine.start(wide, 300);
    await run.result();
    await rest();
    for (const late of [engine, createAnother()]) {
      reset();
      for (let task = 0; task < 100; task += 1) await late.turn({ runId: run.runId, task });
      await late.turn({ runId: run.runId });
      await late.turn({ runId: run.runId, sweep: true });
      expect(calls).toEqual({ "runs.get": 102 });
    }
  });

  test.each(["cancel", "terminate"] as const)("is refused by %s for as little", async (call) => {
    const { engine, calls, reset, rest } = createRig();
    const run = await engine.start(wide, 300);
    await run.result();
    await rest();
    reset();
    expect(await engine[call](run.runId)).toEqual({
      runId: run.runId,
      outcome: "already-ended",
      status: "completed",
    });
    expect(calls).toEqual({ "runs.get": 1 });
  });
});
