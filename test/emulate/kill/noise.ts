import { setTimeout as pause } from "node:timers/promises";
import type { Invoke } from "../../../infra/emulator/emulator.ts";
import type { Random } from "../../simulation/random.ts";
import { shuffled } from "./plan.ts";

const COPIES = { chance: 0.1, latestMs: 3_000 };
const HOLDS = { chance: 0.15, longestMs: 1_000 };

/**
 * Deliveries as a standard queue may make them: in any order, held up so that younger ones overtake
 * them, and some once more, even when they are done.
 */
export function noisy(invoke: Invoke, random: Random): Invoke {
  return async ({ Records }) => {
    const event = { Records: shuffled(Records, random) };
    if (random.chance(COPIES.chance)) {
      const again = (): void => void invoke(event).catch(() => {});
      setTimeout(again, random.between(0, COPIES.latestMs)).unref();
    }
    if (random.chance(HOLDS.chance)) await pause(random.between(0, HOLDS.longestMs));
    return await invoke(event);
  };
}
