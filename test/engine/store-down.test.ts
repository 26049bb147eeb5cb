import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { StoreUnavailableError } from "../../src/core/errors.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { silent } from "./each-store.ts";
import { around } from "./watched-store.ts";

/** An engine whose store cannot be reached, and takes so long to find out. */
function withoutStore(failsAfterMs: number): { engine: Engine; tries: () => number } {
  let [now, tries] = [0, 0];
  const clock: Clock = {
    now: () => now,
    after(delayMs, callback) {
      now += delayMs;
      queueMicrotask(callback);
      return () => {};
    },
  };
  const store = around(createMemoryStore(), async () => {
    tries += 1;
    now += failsAfterMs;
    throw new StoreUnavailableError("GetItem", new Error("connect ECONNREFUSED"));
  });
  const engine = createEngine({
    workflows: [],
    store,
    scheduler: { send: async () => {} },
    clock,
    logger: silent,
  });
  return { engine, tries: () => tries };
}

describe("a store that cannot be reached", () => {
  test("is asked again, a few times, before the caller is told", async () => {
    const { engine, tries } = withoutStore(1);
    await expect(engine.getRun("run_1")).rejects.toMatchObject({ code: "store.unavailable" });
    expect(tries()).toBe(4);
  });

  test("is not asked again if it has taken its time, or callers would wait a multiple of it", async () => {
    const { engine, tries } = withoutStore(15_000);
    await expect(engine.getRun("run_1")).rejects.toMatchObject({ code: "store.unavailable" });
    expect(tries()).toBe(1);
  });
});
