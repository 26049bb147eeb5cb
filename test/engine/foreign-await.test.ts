import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";

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

  test("beside a command is found out when it matters", async () => {
    const order = workflow("order", async () => {
      await Promise.all([
        charge(),
        new Promise((resolve) => setTimeout(resolve, 1)).then(() => charge()),
      ]);
    });
    // A comparison with a cold replay would find it out before it matters.
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    watch(runId, []);
    await engine.settle();
    await new Promise((resolve) => setTimeout(resolve, 10));
    await engine.clock.advance("1h");
    expect(await engine.getRun(runId)).toMatchObject({
      problem: { code: "workflow.foreignAwait" },
    });
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
