import { currentScope, runInScope, type StepHost } from "../authoring/scope.ts";
import type { AttemptObserver, ObservedAttempt, Observer } from "../ports/observer.ts";

interface Attempt {
  runId: string;
  /** How many of its sleeps are not over. */
  sleeps: number;
}

/** Which attempts of steps execute, and whether they sleep by the clock of the test. */
export class AttemptsAtWork implements Observer {
  readonly #running = new Set<Attempt>();

  attempt({ run: { runId } }: ObservedAttempt): AttemptObserver {
    const attempt: Attempt = { runId, sleeps: 0 };
    this.#running.add(attempt);
    return {
      run: (call) => countingSleeps(attempt, call),
      ended: () => void this.#running.delete(attempt),
    };
  }

  /** Whether a run executes attempts, and each of them sleeps. */
  areAsleep(runId: string): boolean {
    const own = [...this.#running].filter((each) => each.runId === runId);
    return own.length > 0 && own.every(({ sleeps }) => sleeps > 0);
  }
}

function countingSleeps(attempt: Attempt, call: () => void): void {
  const scope = currentScope();
  if (scope?.kind !== "step") {
    call();
    return;
  }
  const { host } = scope;
  const sleep: StepHost["sleep"] = async (ms) => {
    attempt.sleeps += 1;
    await host.sleep(ms);
    attempt.sleeps -= 1;
  };
  // It has getters, which are to be asked when the step asks.
  runInScope({ ...scope, host: Object.create(host, { sleep: { value: sleep } }) }, call);
}
