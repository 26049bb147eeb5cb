/** What a step finds around it when it is called outside of any run, as in a unit test. */
import { pause, systemClock } from "../ports/clock.ts";
import { createConsoleLogger } from "../ports/logger.ts";
import type { StepHost } from "./scope.ts";

export function detachedHost(step: string): StepHost {
  const { signal } = new AbortController();
  let inner = 0;
  return {
    context: {
      runId: "run_detached",
      workflow: "detached",
      attempt: 1,
      now: () => new Date(),
      random: () => Math.random(),
      uuid: () => crypto.randomUUID(),
      logger: createConsoleLogger().child({ step }),
    },
    signal,
    checkCancellation: async () => {},
    openShield: () => () => {},
    sleep: (ms) => pause(systemClock, ms),
    nextInner: () => ++inner,
  };
}
