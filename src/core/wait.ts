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

export function waitFor(
  state: RunState,
  newSleeps: readonly { until: number }[],
  situation: Situation,
): Wait {
  const times = newSleeps.map(({ until }) => until);
  for (const open of state.open.values()) {
    if (!isFree(state, open)) continue;
    if (open.kind === "sleep") times.push(open.until);
    else if (open.phase.type === "retrying") times.push(open.phase.retryAt);
    else {
      const retryAt = situation.deadTasks.get(open.command)?.retryAt;
      if (retryAt !== undefined) times.push(retryAt);
    }
  }
  const deadline = deadlineOf(state, situation.maxDurationMs);
  if (deadline !== undefined) times.push(deadline);
  const live = openSteps(state).filter((step) => isLive(step, situation));
  const claim = live.flatMap(({ command, phase }): LiveClaim[] =>
    phase.type === "running"
      ? [{ id: phase.claim, command, endsAt: phase.lease + situation.skewMs }]
      : [],
  )[0];
  return {
    type: "wait",
    until: times.length > 0 ? Math.min(...times) : undefined,
    busy: live.length > 0,
    ...(claim && { claim }),
  };
}
