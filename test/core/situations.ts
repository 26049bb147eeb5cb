/** What `decide` is asked in its specs. */
import { decide } from "../../src/core/decide/decide.ts";
import type { Decision } from "../../src/core/decide/decision.ts";
import type { LogEvent } from "../../src/core/events.ts";
import type { Situation } from "../../src/core/situation.ts";
import type { Task } from "../../src/core/task.ts";
import { START, type Standing, standing, stateAfter } from "./logs.ts";

/** A moment soon after the start, in a turn that may run a step. */
export function situation(more: Partial<Situation> = {}): Situation {
  return {
    now: START + 100,
    at: more.now ?? START + 100,
    skewMs: 2000,
    mayRun: "any",
    newClaim: () => "new-claim",
    leaseMs: () => 15_000,
    gracePeriodMs: 60_000,
    maxDurationMs: undefined,
    eventLimit: 50_000,
    births: new Map(),
    generation: 1,
    deadTasks: new Map(),
    ...more,
  };
}

/** What follows from this log, with the code standing so. */
export function decided(
  log: readonly LogEvent[],
  outcome: Standing,
  more: Partial<Situation> = {},
): Decision {
  const state = stateAfter(...log);
  return decide(state, standing(state, outcome), situation(more));
}

/** A task that nobody can claim any more, after so many attempts. */
export function dead(
  command: number,
  attempt: number,
  more: Partial<Task> = {},
): Situation["deadTasks"] {
  return new Map([[command, { command, attempt, ...more }]]);
}
