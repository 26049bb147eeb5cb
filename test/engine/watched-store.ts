/** Real stores behind something that watches their calls, or cuts them off. */
import { StoreUnavailableError } from "../../src/core/errors.ts";
import { isDamaged } from "../../src/ports/run-list.ts";
import { aroundStore, type StoreCallName } from "../../src/ports/store/around.ts";
import type { RunFilter, Store } from "../../src/ports/store.ts";

/** @param through is told the name of each call, and may make it or not. */
export function around(
  store: Store,
  through: (
    name: StoreCallName,
    call: () => Promise<unknown>,
    args: readonly unknown[],
  ) => Promise<unknown>,
): Store {
  return aroundStore(store, ({ name, make, args }) => through(name, make, args));
}

export interface CountedStore {
  store: Store;
  /** How often each method was called. */
  calls: Partial<Record<StoreCallName, number>>;
  total(): number;
  reset(): void;
}

export function countCalls(store: Store): CountedStore {
  const calls: Partial<Record<StoreCallName, number>> = {};
  return {
    calls,
    store: around(store, (name, call) => {
      calls[name] = (calls[name] ?? 0) + 1;
      return call();
    }),
    total: () => Object.values(calls).reduce((sum, count) => sum + count, 0),
    reset() {
      for (const name of Object.keys(calls)) Reflect.deleteProperty(calls, name);
    },
  };
}

/**
 * A store whose first answer to each call is lost: what was asked for is done, and nobody hears. Who
 * repeats the call is answered, or a claim might be lost of which nobody has heard.
 */
export function losingAnswers(store: Store): Store {
  const lost = new Set<string>();
  return around(store, async (name, call, args) => {
    const answer = await call();
    const asked = JSON.stringify([name, ...args]);
    if (lost.has(asked) || name === "runs.listDue") return answer;
    lost.add(asked);
    throw new StoreUnavailableError(name, new Error("socket hang up"));
  });
}

export interface PowerSwitch {
  store: Store;
  /**
   * From now on calls fail, as when the store cannot be reached: all but `runs.listDue`, with which the
   * clock of a test engine finds out what is due.
   */
  off(): void;
  /** From now on no such call ever comes back, as for a process that has died. */
  die(): void;
  on(): void;
}

export function powerSwitch(store: Store): PowerSwitch {
  let state: "on" | "off" | "dead" = "on";
  return {
    store: around(store, async (name, call) => {
      if (state === "off" && name !== "runs.listDue")
        throw new StoreUnavailableError(name, new Error("switched off"));
      if (state === "dead" && name !== "runs.listDue") return await new Promise(() => {});
      return await call();
    }),
    off() {
      state = "off";
    },
    die() {
      state = "dead";
    },
    on() {
      state = "on";
    },
  };
}

/** Each run is in another status than the one that is asked for, whenever a list is read. */
export function shifting(store: Store): Store {
  return around(store, async (name, call, [filter]) => {
    if (name !== "runs.list") return await call();
    const { status, ...others } = filter as RunFilter;
    const { runs } = await store.runs.list({ ...others, ended: false }, { limit: 1000 });
    for (const run of runs) {
      if (isDamaged(run) || run.status === "cancelling") continue;
      const other = status === "suspended" ? "running" : "suspended";
      await store.runs.patch(run, {
        position: run.position,
        change: { status: other },
        readDueAt: undefined,
      });
    }
    return await call();
  });
}
