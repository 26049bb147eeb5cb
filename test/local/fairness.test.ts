/** Runs on a store in memory await nothing but promises; all else in the process has its turn too. */
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createLocalScheduler } from "../../src/adapters/local/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createEngine } from "../../src/engine/index.ts";
import { createApp } from "../../src/http/index.ts";
import { step, workflow } from "../../src/index.ts";
import { listen } from "../http/listen.ts";
import { silent } from "../silent.ts";

/** More than anything here waits for, by far. */
const MANY = 20_000;

function createRig() {
  let steps = 0;
  const count = async (): Promise<void> => {
    steps += 1;
  };
  const tick = step("tick", count);
  const inlineTick = step("inline tick", count, { inline: true });
  const workflows = [
    workflow("in a row", async () => {
      for (let made = 0; made < MANY; made += 1) await tick();
    }),
    workflow("inline", async () => {
      for (let made = 0; made < MANY; made += 1) await inlineTick();
    }),
    workflow("for ever", async () => {
      for (;;) await tick();
    }),
    workflow("at once", async () => {
      await Promise.all(Array.from({ length: MANY / 4 }, () => tick()));
    }),
  ];
  const scheduler = createLocalScheduler({ logger: silent });
  const store = createMemoryStore();
  const engine = createEngine({ workflows, store, scheduler, logger: silent });
  scheduler.start(engine);
  const begin = async (name: (typeof LOADS)[number]): Promise<string> =>
    (await engine.start(name)).runId;
  return { engine, begin, stop: () => scheduler.stop(), done: () => steps };
}

const LOADS = ["in a row", "inline", "for ever", "at once"] as const;

describe.each(LOADS)("beside steps %s", (name) => {
  test("a timer comes when it is due, and a cancel lands", async () => {
    const { engine, begin, done, stop } = createRig();
    const runId = await begin(name);
    for (let timers = 0; timers < 3; timers += 1) {
      const before = done();
      await pause(0);
      expect(done() - before).toBeLessThan(MANY / 20);
    }
    const before = done();
    const { status } = await engine.cancel(runId, { wait: true, timeout: "1h" });
    expect(status).toBe("cancelled");
    expect(done() - before).toBeLessThan(MANY / 20);
    await stop();
  });

  test("a request is answered", async () => {
    const { engine, begin, done, stop } = createRig();
    const port = await listen(createApp({ engine, auth: false }));
    const runId = await begin(name);
    const before = done();
    const answer = await fetch(`http://127.0.0.1:${port}/runs/${runId}`);
    expect(await answer.json()).toMatchObject({ runId });
    expect(done() - before).toBeLessThan(MANY / 5);
    await engine.cancel(runId, { wait: true, timeout: "1h" });
    await stop();
  });
});
