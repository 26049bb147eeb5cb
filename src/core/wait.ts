/** What a run waits for when there is nothing to do. */
import { deadlineOf, openSteps, type RunState } from "./run-state.ts";
import { isFree, isLive, type Situation } from "./situation.ts";

export interface Wait {
  type: "wait";
  /** Nothing to do before this time, if a timer says so. */
  until: number | undefined;
  /** Something executes. */
  busy: boolean;
}

/** A claim in the log, and when it ends if it is not renewed. */
export interface LiveClaim {
  id: string;
  endsAt: number;
}

/** The claims in the log that are live: more than one only if tasks had to be claimed there. */
export function liveClaims(
  state: RunState,
  { now, skewMs }: Pick<Situation, "now" | "skewMs">,
): LiveClaim[] {
  return openSteps(state).flatMap(({ phase }) => {
    if (phase.type !== "running" || now >= phase.lease + skewMs) return [];
    return [{ id: phase.claim, endsAt: phase.lease + skewMs }];
  });
}

/** When time alone changes what is to be done: a sleep, a retry or a deadline of the run is due. */
export function nextTimer(
  state: RunState,
  { deadTasks, maxDurationMs }: Pick<Situation, "deadTasks" | "maxDurationMs">,
): number | undefined {
  const timers: number[] = [];
  for (const open of state.open.values()) {
    if (!isFree(state, open)) continue;
    if (open.kind === "sleep") timers.push(open.until);
    else if (open.phase.type === "retrying") timers.push(open.phase.retryAt);
    else {
      const retryAt = deadTasks.get(open.command)?.retryAt;
      if (retryAt !== undefined) timers.push(retryAt);
    }
  }
  const deadline = deadlineOf(state, maxDurationMs);
  if (deadline !== undefined) timers.push(deadline);
  return timers.length > 0 ? Math.min(...timers) : undefined;
}

export function waitFor(
  state: RunState,
  newSleeps: readonly { until: number }[],
  situation: Situation,
): Wait {
  const timers = newSleeps.map(({ until }) => until);
  const open = nextTimer(state, situation);
  if (open !== undefined) timers.push(open);
  return {
    type: "wait",
    until: timers.length > 0 ? Math.min(...timers) : undefined,
    busy: openSteps(state).some((step) => isLive(step, situation)),
  };
}
