/** What a step finds around it when it is called outside of any run, as in a unit test. */

import { createConsoleLogger } from "../platform/json-logger.ts";
import { systemClock } from "../platform/system-clock.ts";
import { pause } from "../ports/clock.ts";
import type { StepHost } from "./scope.ts";

/** Stands for the run of a step that is in none. */
export const DETACHED_RUN = "run_detached";

export function detachedHost(step: string): StepHost {
  const { signal } = new AbortController();
  let inner = 0;
  return {
    context: {
      runId: DETACHED_RUN,
      generation: 1,
      workflow: "detached",
      attempt: 1,
      now: () => new Date(),
      random: () => Math.random(),
      uuid: () => crypto.randomUUID(),
      logger: createConsoleLogger().child({ step }),
    },
    signal,
    checkCancellation: async () => {},
    openShield: () => ({ cleanup: false, close() {} }),
    sleep: (ms) => pause(systemClock, ms),
    nextInner: () => ++inner,
  };
}
