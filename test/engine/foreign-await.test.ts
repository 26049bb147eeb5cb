import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import type { Engine, Run } from "../../src/engine/index.ts";
import { getContext, shield, sleep, step, workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { until } from "../until.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { storyOf } from "./story.ts";
import { around } from "./watched-store.ts";

type Problem = NonNullable<Run["problem"]>;

const charge = step("charge", async () => "charged");

let address = "";
const server = createServer((_, response) => response.end("hello"));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${Object(server.address()).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const FOREIGN: Record<string, () => Promise<unknown>> = {
  "a timer": () => new Promise((resolve) => setTimeout(resolve, 5)),
  setImmediate: () => new Promise((resolve) => setImmediate(resolve)),
  "a file": () => readFile(import.meta.filename),
  "an answer from elsewhere": () => fetch(address).then((answer) => answer.text()),
  cryptography: () => crypto.subtle.digest("SHA-256", new Uint8Array([1])),
  "a promise that never settles": () => new Promise(() => {}),
  "a message": () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port2.once("message", (message) => {
        port2.close();
        resolve(message);
      });
      port1.postMessage("hello");
    }),
};

const PLACES: Record<string, (foreign: () => Promise<unknown>) => Promise<unknown>> = {
  first: async (foreign) => {
    await foreign();
    return await charge();
  },
  "after a step": async (foreign) => {
    await charge();
    await foreign();
    return await charge();
  },
  last: async (foreign) => {
    await charge();
    return await foreign();
  },
};

describeOnEachStore("a workflow that awaits what is no command", ({ createEngine, watch }) => {
  const cases = Object.entries(FOREIGN).flatMap(([what, foreign]) =>
    Object.entries(PLACES).map(([place, run]) => ({ what, foreign, place, run })),
  );

  test.each(cases)("($what, $place) has a problem that says so", async ({ foreign, run }) => {
    const order = workflow("order", () => run(foreign));
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    watch(runId, []);
    await engine.settle();
    // By then it has settled, which must make no difference.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await engine.clock.advance("30s");
    const found = await engine.getRun(runId);
    expect(found.problem).toMatchObject({
      code: "workflow.foreignAwait",
      message: expect.stringContaining("step"),
    });
    expect(["pending", "running"]).toContain(found.status);
    const { events } = await engine.getEvents(runId);
    expect(events.length).toBeLessThanOrEqual(3);

    expect(await engine.terminate(runId, { reason: "stuck" })).toEqual({
      runId,
      outcome: "terminated",
      status: "terminated",
    });
    await expect(engine.result(runId)).rejects.toMatchObject({ status: "terminated" });
  });

  test("goes on when the code is mended", async () => {
    const broken = workflow("order", async () => {
      await charge();
      await new Promise((resolve) => setTimeout(resolve, 1));
      return await charge();
    });
    const mended = workflow("order", async () => {
      await charge();
      await sleep("1s");
      return await charge();
    });
    const engine = createEngine({ workflows: [broken] });
    const { runId } = await engine.start(broken);
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({ problem: { tries: expect.any(Number) } });
    const good = createEngine({ workflows: [mended] });
    await good.clock.advance("1h");
    expect(await good.result(runId)).toBe("charged");
    expect((await good.getRun(runId)).problem).toBeUndefined();
    watch(runId, [mended]);
  });

  /** Waits for what happens by itself, without any message or the passing of the engine's time. */
  async function problemOf(engine: Engine, runId: string): Promise<Problem> {
    return await until(async () => (await engine.getRun(runId)).problem);
  }

  const LATE: Record<string, (foreign: () => Promise<unknown>) => Promise<unknown>> = {
    "a command": (foreign) => Promise.race([sleep("1h"), foreign().then(() => charge())]),
    "an end": (foreign) => Promise.race([sleep("1h"), foreign()]),
    "the end of a shield": (foreign) =>
      Promise.race([sleep("1h"), shield(async () => void (await foreign()))]),
    "a random number": (foreign) =>
      Promise.race([sleep("1h"), foreign().then(() => [getContext().random(), sleep("2h")])]),
  };
  const late = Object.entries(LATE).flatMap(([what, run]) =>
    Object.entries(FOREIGN)
      .filter(([name]) => name !== "a promise that never settles")
      .map(([name, foreign]) => ({ what, run, name, foreign })),
  );

  test.each(late)(
    "and then goes on beside a sleep has a problem at once: $what after $name",
    async ({ run, foreign }) => {
      const order = workflow("order", () => run(foreign));
      const engine = createEngine({ workflows: [order], replay: "live" });
      const { runId } = await engine.start(order);
      watch(runId, []);
      await engine.turn({ runId });
      expect(await problemOf(engine, runId)).toMatchObject({
        code: "workflow.foreignAwait",
        tries: 1,
      });
      expect(await storyOf(engine, runId)).toEqual(["workflow.started", "sleep.started"]);
    },
  );

  test("and then goes on beside a step has a problem before that ends, and keeps its result", async () => {
    const gate = createGate();
    const hold = step("hold", () => gate.pass());
    const order = workflow("order", async () => {
      const rest = new Promise((resolve) => setTimeout(resolve, 1)).then(() => charge());
      await Promise.all([hold(), rest]);
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    watch(runId, []);
    const turn = engine.turn({ runId });
    expect(await problemOf(engine, runId)).toMatchObject({ code: "workflow.foreignAwait" });
    gate.open();
    await turn;
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "step.started hold",
      "step.completed hold",
    ]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "running",
      problem: { code: "workflow.foreignAwait" },
    });
  });

  test.each(["live", "cold", "verify"] as const)(
    "and a command, all of them, has the problem that a replay would have (%s)",
    async (replay) => {
      const slow = step("slow", () => new Promise((resolve) => setTimeout(resolve, 30)));
      const order = workflow("order", async () => {
        await charge();
        await Promise.all([slow(), new Promise((resolve) => setTimeout(resolve, 1))]);
        return await charge();
      });
      const engine = createEngine({ workflows: [order], replay });
      const { runId } = await engine.start(order);
      watch(runId, []);
      await engine.turn({ runId });
      await engine.turn({ runId });
      expect(await engine.getRun(runId)).toMatchObject({
        status: "running",
        problem: { code: "workflow.foreignAwait", tries: 1 },
      });
      expect((await storyOf(engine, runId)).at(-1)).toBe("step.completed slow");
    },
  );

  test("elsewhere, while the run went on without that, leaves the run alone", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      await Promise.race([sleep("1h"), gate.pass()]);
      await sleep("1h");
    });
    const here = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await here.start(order);
    await here.turn({ runId });
    const there = createEngine({ workflows: [order], now: new Date(here.clock.now()) });
    await there.clock.advance("61m");
    gate.open();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const run = await here.getRun(runId);
    expect(run.status).toBe("suspended");
    expect(run.problem).toBeUndefined();
    await there.clock.advance("1h");
    expect(await there.getRun(runId)).toMatchObject({ status: "completed" });
  });
});

describeOnEachStore("a workflow that begins what it does not await", ({ createEngine }) => {
  test.each(["live", "cold", "verify"] as const)("is fine (%s)", async (replay) => {
    let ticks = 0;
    const order = workflow("order", async () => {
      setTimeout(() => {
        ticks += 1;
      }, 1);
      const first = await charge();
      await sleep("1h");
      return [first, await charge()];
    });
    const engine = createEngine({ workflows: [order], replay });
    const run = await engine.start(order);
    await engine.settle();
    await until(() => ticks > 0);
    await engine.clock.advance("1h");
    expect(await run.result()).toEqual(["charged", "charged"]);
  });
});

describeOnEachStore("a workflow that awaits what settles by itself", ({ createEngine }) => {
  test("is fine", async () => {
    const order = workflow("order", async () => {
      await null;
      await Promise.resolve().then(() => Promise.resolve());
      await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
      const result = await charge();
      await Promise.allSettled([Promise.reject(new Error("ours")), Promise.resolve(1)]);
      return result;
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toBe("charged");
  });
});

test("a problem that is found while its turn still writes to the head is not taken away by that", async () => {
  const settled = createGate();
  const order = workflow("order", () => Promise.race([sleep("1h"), shield(() => settled.pass())]));
  let isHeld = true;
  // The turn has appended, and its code goes on before the head says so.
  const store = around(createMemoryStore(), async (name, call) => {
    if (name === "runs.patch" && isHeld) {
      isHeld = false;
      settled.open();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return await call();
  });
  const engine = createTestEngine({ workflows: [order], store, replay: "live" });
  const { runId } = await engine.start(order);
  await engine.turn({ runId });
  expect(isHeld).toBe(false);
  await until(async () => (await engine.getRun(runId)).problem);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const head = await store.runs.get(runId, engine.clock.now());
  expect(head).toMatchObject({
    status: "suspended",
    problem: { code: "workflow.foreignAwait", tries: 1 },
    dueAt: engine.clock.now() + 60_000,
  });
});
