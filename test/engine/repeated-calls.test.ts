import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { newHead } from "../../src/conformance/samples.ts";
import { StoreUnavailableError } from "../../src/core/errors.ts";
import { persistentStore } from "../../src/engine/persistent-store.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import type { Store } from "../../src/ports/store.ts";
import { around } from "./watched-store.ts";

/** A store of which each call is made, and only from this answer on answered. */
function deaf(answersFrom: number): { store: Store; calls: () => number } {
  let calls = 0;
  const store = around(createMemoryStore(), async (name, call) => {
    calls += 1;
    const answer = await call();
    if (calls < answersFrom) throw new StoreUnavailableError(name, new Error("socket hang up"));
    return answer;
  });
  return { store, calls: () => calls };
}

const repeating = (store: Store): Store => persistentStore(store, systemClock, () => 0);

describe("a call that got no answer (S18)", () => {
  it("is repeated with the same ids by the engine, a few times", async () => {
    const { store, calls } = deaf(4);
    expect(await repeating(store).runs.create(newHead(), 0)).toEqual({ created: true });
    expect(calls()).toBe(4);
  });

  it("ends in the store's own error when it is never answered", async () => {
    const { store, calls } = deaf(Number.POSITIVE_INFINITY);
    await expect(repeating(store).runs.create(newHead(), 0)).rejects.toThrow(StoreUnavailableError);
    expect(calls()).toBe(4);
  });

  it("is left to a store that says that it repeats calls itself", async () => {
    const { store, calls } = deaf(2);
    const patient: Store = { ...store, repeatsCalls: true };
    await expect(repeating(patient).runs.create(newHead(), 0)).rejects.toThrow(
      StoreUnavailableError,
    );
    expect(calls()).toBe(1);
  });

  it("is not repeated when it was answered, be it with a refusal", async () => {
    let calls = 0;
    const store = around(createMemoryStore(), async () => {
      calls += 1;
      throw new TypeError("refused");
    });
    await expect(repeating(store).runs.create(newHead(), 0)).rejects.toThrow("refused");
    expect(calls).toBe(1);
  });
});
