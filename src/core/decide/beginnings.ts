/** What begins by being recorded. */
import { type CommandEvent, kindOf, type PendingCommand } from "../commands/index.ts";
import type { Outcome } from "../outcome.ts";
import type { RunState } from "../run-state.ts";
import { isFree, type Situation } from "../situation.ts";

/** What the code has asked for and the log does not know, and what begins anew. */
export function beginnings(
  state: RunState,
  outcome: Outcome,
  situation: Situation,
): CommandEvent[] {
  return fresh(state, outcome)
    .concat(tooFarOff(state, outcome, situation))
    .flatMap((issued) => kindOf(issued).begin(issued, situation.now) ?? []);
}

/** What may begin now. */
export function fresh(state: RunState, { unrecorded }: Outcome): PendingCommand[] {
  return [...unrecorded.values()].filter((issued) => isFree(state, issued));
}

/**
 * What is due later than if it began only now, so whoever began it had a clock that was ahead. It
 * begins anew, by this one.
 */
function tooFarOff(state: RunState, { pending }: Outcome, situation: Situation): PendingCommand[] {
  const { now, at, skewMs } = situation;
  if (at === now) return [];
  return [...pending.values()].filter((issued) => {
    const lastsMs = kindOf(issued).lastsMs(issued);
    if (lastsMs === undefined || !isFree(state, issued)) return false;
    const open = state.open.get(issued.command);
    const dueAt = open?.kind === issued.kind ? kindOf(open).dueAt(open) : undefined;
    return dueAt !== undefined && dueAt > now + lastsMs + skewMs;
  });
}
