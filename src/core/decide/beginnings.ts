/** What begins by being recorded. */
import { type CommandEvent, kindOf, type PendingCommand } from "../commands/index.ts";
import type { Outcome } from "../outcome.ts";
import type { RunState } from "../run-state.ts";
import { isFree, type Situation } from "../situation.ts";

type Times = Pick<Situation, "now" | "at" | "skewMs" | "births">;

/** Commands that the code issued and the log does not know yet, and timers that begin anew. */
export function beginnings(state: RunState, outcome: Outcome, situation: Times): CommandEvent[] {
  return fresh(state, outcome)
    .concat(tooFarOff(state, outcome, situation))
    .flatMap((issued) => kindOf(issued).begin(issued, situation) ?? []);
}

/** What may begin now. */
export function fresh(state: RunState, { unrecorded }: Outcome): PendingCommand[] {
  return [...unrecorded.values()].filter((issued) => isFree(state, issued));
}

/**
 * A timer that ends later than one that begins now was begun by a clock that is ahead. It begins
 * anew, by this clock.
 */
function tooFarOff(state: RunState, { pending }: Outcome, situation: Times): PendingCommand[] {
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
