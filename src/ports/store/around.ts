/** A store each of whose calls goes through one function: to count it, to repeat it, to cut it off. */
import type { Store } from "../store.ts";

type Noun = Exclude<keyof Store, "retentionMs" | "repeatsCalls">;

/** Of each call its noun and its verb, as `runs.get`. */
export type StoreCallName = { [N in Noun]: `${N}.${keyof Store[N] & string}` }[Noun];

export interface StoreCall {
  name: StoreCallName;
  args: readonly unknown[];
  /** Makes the call: once, several times, or not at all. */
  make(): Promise<unknown>;
}

/**
 * What fails on the way to the store is not repeated by it, so the answer does not say `repeatsCalls`.
 * @param through answers each call as the store would.
 */
export function aroundStore(store: Store, through: (call: StoreCall) => Promise<unknown>): Store {
  function around<N extends Noun>(noun: N): Store[N] {
    return new Proxy(store[noun], {
      get(target, verb) {
        const member: unknown = Reflect.get(target, verb, target);
        if (typeof member !== "function") return member;
        const name = `${noun}.${String(verb)}` as StoreCallName;
        return (...args: unknown[]) =>
          through({ name, args, make: () => Reflect.apply(member, target, args) });
      },
    });
  }
  const { retentionMs } = store;
  return {
    retentionMs,
    runs: around("runs"),
    log: around("log"),
    tasks: around("tasks"),
    children: around("children"),
  };
}
