/** What a run waits for when there is nothing to do. */
import { asksOutside, type CommandEvent, dueAfter, isTask } from "./commands/index.ts";
import { deadlineOf, freeSides, type RunState } from "./run-state.ts";
import { isBusy, isFree, type Situation } from "./situation.ts";

export interface Wait {
  type: "wait";
  /** Nothing to do before this time, if a timer says so. */
  until: number | undefined;
  /** Something executes. */
  busy: boolean;
  /** Somebody outside is asked, whose answer brings the run forward: nobody has to look after it. */
  asks?: true;
}

/** A claim in the log, and when it ends if it is not renewed. */
export interface LiveClaim {
  id: string;
  endsAt: number;
}

/** The claims in the log that are live: more than one only in logs of earlier versions. */
export function liveClaims(
  state: RunState,
  { now, skewMs }: Pick<Situation, "now" | "skewMs">,
): LiveClaim[] {
  return state.open.claims().flatMap(({ phase }) => {
    if (now >= phase.lease + skewMs) return [];
    return [{ id: phase.claim, endsAt: phase.lease + skewMs }];
  });
}

/** When time alone changes what is to be done: a sleep, a retry or a deadline of the run is due. */
export function nextTimer(
  state: RunState,
  { deadTasks, maxDurationMs }: Pick<Situation, "deadTasks" | "maxDurationMs">,
): number | undefined {
  const timers: number[] = [];
  for (const side of freeSides(state)) {
    const [soonest] = side.timers();
    if (soonest) timers.push(soonest.at);
  }
  for (const [task, { command, retryAt }] of deadTasks) {
    const open = state.open.get(command);
    const isDead = isTask(open) && open.phase.task === task && isFree(state, open);
    if (retryAt !== undefined && isDead) timers.push(retryAt);
  }
  const deadline = deadlineOf(state, maxDurationMs);
  if (deadline !== undefined) timers.push(deadline);
  return timers.length > 0 ? Math.min(...timers) : undefined;
}

/** @param begun what begins in this entry. */
export function waitFor(
  state: RunState,
  begun: readonly CommandEvent[],
  situation: Situation,
): Wait {
  const timers = begun.map(dueAfter).filter((at) => at !== undefined);
  const open = nextTimer(state, situation);
  if (open !== undefined) timers.push(open);
  // One that rests goes on when somebody says so.
  const asks =
    state.pause !== undefined ||
    begun.some(asksOutside) ||
    freeSides(state).some((side) => side.asksOutside);
  return {
    type: "wait",
    until: timers.length > 0 ? Math.min(...timers) : undefined,
    busy: isBusy(state, situation),
    ...(asks && { asks }),
  };
}
