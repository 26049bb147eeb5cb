/** What a run waits for when there is nothing to do. */
import { deadlineOf, openSteps, type RunState } from "./run-state.ts";
import { isFree, isLive, type Situation } from "./situation.ts";

export interface Wait {
  type: "wait";
  /** Nothing to do before this time, if a timer says so. */
  until: number | undefined;
  /** Something executes. */
  busy: boolean;
  /** The claim in the log, if one is live, and when it ends if it is not renewed. */
  claim?: LiveClaim;
}

export interface LiveClaim {
  id: string;
  command: number;
  endsAt: number;
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
  const live = openSteps(state).filter((step) => isLive(step, situation));
  const claim = live.flatMap(({ command, phase }): LiveClaim[] =>
    phase.type === "running"
      ? [{ id: phase.claim, command, endsAt: phase.lease + situation.skewMs }]
      : [],
  )[0];
  return {
    type: "wait",
    until: timers.length > 0 ? Math.min(...timers) : undefined,
    busy: live.length > 0,
    ...(claim && { claim }),
  };
}
