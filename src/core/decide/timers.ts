/** What time alone brings about. */
import { kindOf, type OpenCommand } from "../commands/index.ts";
import type { Side } from "../open-commands.ts";
import { awaitedSides, type RunState } from "../run-state.ts";
import type { Situation } from "../situation.ts";
import type { Decision } from "./decision.ts";

interface Due {
  at: number;
  open: OpenCommand;
}

/** Records what is over with its time, in the order of those times. */
export function dueTimers(state: RunState, { now }: Situation): Decision | undefined {
  const events = awaitedSides(state)
    .flatMap((side) => dueBy(side, now))
    .sort((a, b) => a.at - b.at || a.open.command - b.open.command)
    .flatMap(({ open }) => kindOf(open).whenDue(open) ?? []);
  return events.length === 0 ? undefined : { events, next: { type: "replay" } };
}

/** What of a side is due by now. */
export function dueBy(side: Side, now: number): Due[] {
  const due: Due[] = [];
  for (const timer of side.timers()) {
    if (timer.at > now) break;
    due.push(timer);
  }
  return due;
}
