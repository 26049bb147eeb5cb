import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 50;

/** Looks until there is something. The test's own time limit ends a wait for what never comes. */
export async function until<T>(look: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const found = await look();
    if (found) return found;
    await pause(LOOK_EVERY_MS);
  }
}
