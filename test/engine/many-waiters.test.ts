/** However many wait for a run in one process, it is read as if one did. */
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createEngine } from "../../src/engine/index.ts";
import { createApp } from "../../src/http/index.ts";
import { sleep, step, TimeoutError, workflow } from "../../src/index.ts";
import type { Store } from "../../src/ports/store.ts";
import { createTestEngine, VirtualClock } from "../../src/testing/index.ts";
import { silent } from "./each-store.ts";
import { around, countCalls } from "./watched-store.ts";

const MANY = 1_000;

/** Too large for a copy in the head. */
const bulk = "x".repeat(50_000);
const nap = workflow("nap", async (how: "returns" | "throws") => {
  await sleep("1h");
  if (how === "throws") throw new Error(bulk);
  return bulk;
});

async function rounds(): Promise<undefined> {
  for (let round = 0; round < 10; round += 1) await new Promise(setImmediate);
  return undefined;
}

/** A run that sleeps in one process, and another process that only waits for it, with its own clock. */
async function createRig(how: "returns" | "throws" = "returns") {
  const store = createMemoryStore();
  const worker = createTestEngine({ workflows: [nap], store, logger: silent });
  const { runId } = await worker.start(nap, how);
  await worker.settle();
  const counted = countCalls(store);
  const clock = new VirtualClock(worker.clock.now(), rounds);
  const engine = createEngine({
    workflows: [nap],
    store: counted.store,
    scheduler: { send: async () => {} },
    clock,
    logger: silent,
  });
  const app = createApp({ engine, auth: false });
  return { ...counted, worker, engine, app, clock, runId };
}

type Rig = Awaited<ReturnType<typeof createRig>>;

const WAITS: Record<string, (rig: Rig) => Promise<unknown>> = {
  "for its result": ({ engine, runId }) =>
    engine.result(runId).then(String, ({ message }: Error) => message),
  "for its end": async ({ engine, runId }) => (await engine.waitForEnd(runId)).status,
  "over HTTP": async ({ app, runId }) =>
    (await app.request(`http://localhost/runs/${runId}/result?timeout=25s`)).status,
};

/** What the readings of so many come to that wait from now on until the run has ended. */
async function readingsOf(rig: Rig, count: number, wait: (rig: Rig) => Promise<unknown>) {
  const waiting = Array.from({ length: count }, () => wait(rig));
  await rig.clock.advance("20s");
  await rig.worker.clock.advance("1h");
  await rig.clock.advance("4s");
  const answers = await Promise.all(waiting);
  return { readings: rig.total(), answers };
}

describe.each(Object.entries(WAITS))("a thousand who wait %s", (_, wait) => {
  test.each(["returns", "throws"] as const)(
    "read as much as one, of a run that %s much",
    async (how) => {
      const alone = await readingsOf(await createRig(how), 1, wait);
      const many = await readingsOf(await createRig(how), MANY, wait);
      expect(alone.readings).toBeGreaterThan(5);
      expect(many.readings).toBeLessThanOrEqual(alone.readings + 2);
      expect(many.answers).toHaveLength(MANY);
      for (const answer of many.answers) expect(answer).toEqual(alone.answers[0]);
    },
  );
});

test("a thousand who cancel and wait poll as one", async () => {
  const rig = await createRig();
  const cancelled = Array.from({ length: MANY }, () =>
    rig.engine.cancel(rig.runId, { wait: true, timeout: "1m" }),
  );
  await rounds();
  rig.reset();
  await rig.clock.advance("20s");
  await rig.worker.settle();
  await rig.clock.advance("4s");
  for (const { status } of await Promise.all(cancelled)) expect(status).toBe("cancelled");
  expect(rig.calls["runs.get"]).toBeLessThanOrEqual(20);
});

test("a thousand whose time runs out at once look a last time together", async () => {
  const { worker, runId } = await createRig();
  const counted = countCalls(
    around(worker.store, async (_name, call) => {
      await pause(20);
      return await call();
    }),
  );
  const engine = createEngine({
    workflows: [nap],
    store: counted.store,
    scheduler: { send: async () => {} },
    logger: silent,
  });
  const waiting = Array.from({ length: MANY }, () =>
    engine.result(runId, { timeout: 500 }).catch((error: unknown) => error),
  );
  for (const late of await Promise.all(waiting)) {
    expect(late).toBeInstanceOf(TimeoutError);
    expect(late).toMatchObject({ status: "suspended" });
  }
  expect(counted.total()).toBeLessThanOrEqual(MANY / 10);
});

test("who waits long is polled for ever more seldom, whoever comes later", async () => {
  const rig = await createRig();
  const wait = (): Promise<unknown> => rig.engine.waitForEnd(rig.runId);
  const waiting = [wait()];
  await rig.clock.advance("1m");
  rig.reset();
  await rig.clock.advance("1m");
  expect(rig.calls).toEqual({ "runs.get": 30 });
  waiting.push(wait());
  await rounds();
  // Who comes is told how things stand then.
  expect(rig.calls).toEqual({ "runs.get": 31 });
  await rig.clock.advance("1m");
  expect(rig.calls).toEqual({ "runs.get": 61 });
  await rig.worker.terminate(rig.runId);
  await rig.clock.advance("2s");
  for (const end of await Promise.all(waiting)) expect(end).toMatchObject({ status: "terminated" });
});

test("nobody is asked for when nobody waits any more", async () => {
  const rig = await createRig();
  const waiting = rig.engine.result(rig.runId, { timeout: "10s" }).catch(() => {});
  await rig.clock.advance("10s");
  await waiting;
  rig.reset();
  await rig.clock.advance("1h");
  expect(rig.calls).toEqual({});
});

test("a thousand are told at once of an end in their own process, without a reading", async () => {
  const counted = countCalls(createMemoryStore());
  const gate: { open?: () => void } = {};
  const held = step("held", () => new Promise<void>((open) => Object.assign(gate, { open })));
  const hold = workflow("hold", async () => held());
  const engine = createTestEngine({ workflows: [hold], store: counted.store, logger: silent });
  const { runId } = await engine.start(hold);
  const waiting = Array.from({ length: MANY }, () => engine.waitForEnd(runId));
  await engine.settle();
  counted.reset();
  gate.open?.();
  for (const { status } of await Promise.all(waiting)) expect(status).toBe("completed");
  expect(counted.calls["runs.get"] ?? 0).toBeLessThanOrEqual(2);
});

test("who asks while a reading is under way has one that begins later", async () => {
  const store = createMemoryStore();
  const held: (() => void)[] = [];
  let holds = true;
  const slow: Store = around(store, async (name, call) => {
    if (name !== "runs.get") return await call();
    const answer = await call();
    // Read, and not answered yet.
    if (holds) await new Promise<void>((open) => held.push(open));
    return answer;
  });
  const worker = createTestEngine({ workflows: [nap], store, logger: silent });
  const { runId } = await worker.start(nap, "returns");
  await worker.settle();
  const scheduler = { send: async () => {} };
  const engine = createEngine({ workflows: [nap], store: slow, scheduler, logger: silent });
  const first = engine.waitForEnd(runId, { timeout: "1h" });
  await rounds();
  await worker.terminate(runId);
  const second = engine.waitForEnd(runId, { timeout: "1h" });
  holds = false;
  for (const open of held) open();
  expect(await second).toMatchObject({ status: "terminated" });
  expect(await first).toMatchObject({ status: "terminated" });
});
