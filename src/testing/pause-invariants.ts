/** What must be true of every log between a pause and its end. */
import { isOfCommand } from "../core/commands/index.ts";
import { type Findings, type History, isOf, nameOf, opens, type Recorded } from "./history.ts";

/** A pause lasts until the run is resumed, asked to stop, or over. */
export function* properPauses({ events }: History): Findings {
  let pause: Recorded | undefined;
  let asked = false;
  for (const recorded of events) {
    if (isOf(recorded, "run.paused")) {
      if (pause) yield `${nameOf(recorded)} of a run that was paused`;
      if (asked) yield `${nameOf(recorded)} of a run that was asked to stop`;
      pause = recorded;
    } else if (isOf(recorded, "run.resumed")) {
      if (!pause) yield `${nameOf(recorded)} of a run that was not paused`;
      pause = undefined;
    } else if (isOf(recorded, "cancellation.requested")) {
      asked = true;
      pause = undefined;
    }
  }
}

/** Only a hook that is handed its payload right there may begin. */
export function* nothingWhilePaused(history: History): Findings {
  let paused = false;
  for (const recorded of history.events) {
    if (isOf(recorded, "run.paused")) paused = true;
    if (isOf(recorded, "run.resumed", "cancellation.requested")) paused = false;
    const { event } = recorded;
    if (!paused || !isOfCommand(event) || event.shielded) continue;
    const isFirst = history.commands.get(event.command)?.[0] === recorded;
    if (!opens(recorded) && !isFirst) continue;
    if (!isAnswered(history, recorded, event.command)) yield nameOf(recorded);
  }
}

function isAnswered({ commands }: History, created: Recorded, command: number): boolean {
  const row = commands.get(command) ?? [];
  const next = row.find(({ order }) => order > created.order);
  return next !== undefined && isOf(next, "hook.received") && next.position === created.position;
}

/** The pause that the run is in, if its log ends in one. */
export function lastPause({ events, end }: History): Recorded | undefined {
  if (end) return undefined;
  const last = events.findLast((each) =>
    isOf(each, "run.paused", "run.resumed", "cancellation.requested"),
  );
  return last && isOf(last, "run.paused") ? last : undefined;
}
