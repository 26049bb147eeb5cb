import { StoreUnavailableError } from "../core/errors.ts";
import { type Clock, pause } from "../ports/clock.ts";
import { aroundStore } from "../ports/store/around.ts";
import type { Store } from "../ports/store.ts";

const TRIES = 4;
const FIRST_PAUSE_MS = 20;
/** No try begins later than so long after the first one: a store that answers slowly may hang. */
const PATIENCE_MS = 5_000;

/**
 * The store, such that calls which got no answer are repeated by the same caller with the same ids
 * (S18). One that repeats them itself is left as it is: its owner has said for how long. A repeated
 * call is safe because the store recognises what was written the first time (S4, S11, S12).
 */
export function persistentStore(store: Store, clock: Clock, random: () => number): Store {
  if (store.repeatsCalls) return store;
  return aroundStore(store, ({ make }) => repeat(make, clock, random));
}

async function repeat<T>(call: () => Promise<T>, clock: Clock, random: () => number): Promise<T> {
  const giveUp = clock.now() + PATIENCE_MS;
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      const isWorthATry = tries < TRIES && clock.now() < giveUp;
      if (!(error instanceof StoreUnavailableError) || !isWorthATry) throw error;
      await pause(clock, random() * FIRST_PAUSE_MS * 2 ** tries);
    }
  }
}
