import { expect, it } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createLogObserver } from "../../src/engine/index.ts";
import { isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { createHandHeld } from "../engine/hand-held.ts";
import { type KeptLine, keepLines } from "./kept-lines.ts";

/** A line to read: `warn A step ended failed charge#2`. */
function read({ level, message, status, step, attempt }: KeptLine): string {
  const place = step === undefined ? undefined : `${step}#${attempt}`;
  return [level, message, status, place].filter((part) => part !== undefined).join(" ");
}

it("a log tells a run's story: what went wrong as a warning, what went well at debug", async () => {
  const kept = keepLines();
  const charge = step(
    "charge",
    async () => {
      throw Object.assign(new Error("card 4111"), { code: "ECARD" });
    },
    { retries: 1, backoff: { initial: 1000, jitter: false } },
  );
  const order = workflow("order", async () => {
    await step("reserve", async () => {})();
    await charge();
  });
  const engine = createTestEngine({
    workflows: [order],
    observer: createLogObserver(kept.logger),
  });
  const { runId } = await engine.start(order);
  await engine.clock.advance("1m");
  const told = kept.lines().filter(({ message }) => message !== "A run was taken up");
  expect(told.map(read)).toEqual([
    "info A run started",
    "debug An attempt of a step started reserve#1",
    "debug An attempt of a step ended reserve#1",
    "debug A step ended completed reserve#1",
    "debug An attempt of a step started charge#1",
    "debug An attempt of a step ended charge#1",
    "warn A step failed and is tried again charge#1",
    "debug An attempt of a step started charge#2",
    "debug An attempt of a step ended charge#2",
    "warn A step ended failed charge#2",
    "warn A run ended failed",
  ]);
  for (const line of told) expect(line).toMatchObject({ runId, workflow: "order" });
  const retried = told.find(({ message }) => message.includes("tried again"));
  expect(retried).toMatchObject({
    error: { name: "Error", code: "ECARD" },
    retryAt: "2030-01-01T00:00:01.000Z",
  });
  expect(told.at(-1)).toMatchObject({
    durationMs: 1000,
    error: { name: "StepFailedError", code: "step.failed" },
  });
});

it("a log tells of a cancellation who asked, where it landed and what clean-up did", async () => {
  const kept = keepLines();
  const order = workflow("order", async () => {
    try {
      await sleep("1h");
    } catch (error) {
      if (isCancellation(error)) await shield(step("refund", async () => {}));
      throw error;
    }
  });
  const engine = createTestEngine({ workflows: [order], observer: createLogObserver(kept.logger) });
  const { runId } = await engine.start(order);
  await engine.clock.advance("1m");
  await engine.cancel(runId, { reason: "enough", requestedBy: "alice", gracePeriod: "1m" });
  await engine.settle();
  const told = kept.lines().filter(({ level }) => level !== "debug");
  expect(told.map(({ time: _, ...line }) => line)).toEqual([
    { level: "info", message: "A run started", runId, workflow: "order" },
    {
      level: "info",
      message: "A cancellation was requested",
      runId,
      workflow: "order",
      reason: "enough",
      requestedBy: "alice",
    },
    {
      level: "info",
      message: "The cancellation was delivered",
      runId,
      workflow: "order",
      checkpoint: "sleep",
      waitedMs: 0,
      deadline: "2030-01-01T00:02:00.000Z",
    },
    {
      level: "info",
      message: "A run ended",
      runId,
      workflow: "order",
      status: "cancelled",
      durationMs: 60_000,
      cleanup: { steps: 1, finished: true, durationMs: 0 },
    },
  ]);
});

it("a log tells of functions that died, and of a run that is ended at once", async () => {
  const kept = keepLines();
  const store = createMemoryStore();
  const observer = createLogObserver(kept.logger);
  const order = workflow("order", () => step("work", () => new Promise(() => {}))());
  const dying = createHandHeld([order], { store, observer });
  const { runId } = await dying.engine.start(order);
  void dying.engine.turn({ runId });
  await expect.poll(() => kept.text()).toContain("An attempt of a step started");
  const other = createHandHeld([order], { store, observer });
  other.clock.now += 60_000;
  void other.engine.turn({ runId });
  await expect.poll(() => kept.text()).toContain('"attempt":2');
  await other.engine.terminate(runId, { reason: "stuck", requestedBy: "bob" });
  const told = kept.lines().filter(({ level }) => level !== "debug");
  expect(told.at(-1)).toMatchObject({ termination: { reason: "stuck", requestedBy: "bob" } });
  expect(told.map(read)).toEqual([
    "info A run started",
    "warn A step lost the function that executed it work#1",
    "info A step ended abandoned work#2",
    "warn A run ended terminated",
  ]);
});
