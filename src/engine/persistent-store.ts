import { StoreUnavailableError } from "../core/errors.ts";
import { type Clock, pause } from "../ports/clock.ts";
import { aroundStore } from "../ports/store/around.ts";
import type { Store } from "../ports/store.ts";

const TRIES = 4;
const FIRST_PAUSE_MS = 20;
/** What failed after so long was repeated by the store itself, until its own time was up. */
const PATIENCE_MS = 5_000;

/**
 * The store, with calls that got no answer repeated by the same caller with the same ids. The port
 * makes that safe: what was written the first time is recognised (S4, S11, S12).
 */
export function persistentStore(store: Store, clock: Clock, random: () => number): Store {
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
