/** The delivery of a cancellation (D2). */
import { isChild, kindOf, type OpenCommand, type PendingCommand } from "../commands/index.ts";
import type { LogEvent } from "../events.ts";
import type { Outcome } from "../outcome.ts";
import type { RunState } from "../run-state.ts";
import { hasLive, type Situation } from "../situation.ts";
import type { Decision } from "./decision.ts";

export function deliver(
  state: RunState,
  outcome: Outcome,
  situation: Situation,
): Decision | undefined {
  const { cancellation } = state;
  if (!cancellation || cancellation.delivered) return undefined;
  if (isShieldAtWork(state, outcome)) return undefined;
  const { unshielded } = state.open;
  if (unshielded.childCount > 0) return undefined;
  if (hasLive(unshielded, situation)) return undefined;
  const landing = landingOf(outcome);
  if (!landing) return undefined;
  const delivered: LogEvent = {
    type: "cancellation.delivered",
    ...checkpointAt(landing, state),
    deadline: situation.at + cancellation.gracePeriodMs,
    ...(situation.now !== situation.at && { ownTime: situation.now }),
    ...(outcome.openShields > 0 && { openShields: outcome.openShields }),
  };
  // The end of each command comes before the delivery, which rejects with the failure of a step as
  // its cause.
  const came = [...unshielded.values()].flatMap((open) => kindOf(open).cancelled(open) ?? []);
  return { events: [...came, delivered], next: { type: "replay" } };
}

/** Whether something that was begun in a shield is left to do, wherever in the run. */
function isShieldAtWork({ open }: RunState, { pending, unrecorded }: Outcome): boolean {
  for (const each of open.shielded.values()) if (!isLeftAlone(each, pending)) return true;
  return [...unrecorded.values()].some(({ shielded }) => shielded);
}

/** A child that goes on by itself, and that nobody waits for. */
function isLeftAlone(open: OpenCommand, pending: Outcome["pending"]): boolean {
  if (!isChild(open) || open.onParentEnd !== "abandon") return false;
  return pending.get(open.command)?.window === undefined;
}

/**
 * The checkpoint that the code came to last: what was issued before may be the loser of a race, which
 * nobody waits for any more. What nobody waits for yet is none.
 */
function landingOf({ pending, waitingChecks }: Outcome): PendingCommand | "check" | undefined {
  let landing: PendingCommand | undefined;
  let window = 0;
  for (const each of pending.values()) {
    if (each.window === undefined || (landing && each.window <= window)) continue;
    landing = each;
    ({ window } = each);
  }
  const check = waitingChecks.at(-1);
  if (check === undefined) return landing;
  return landing && window >= check ? landing : "check";
}

function checkpointAt(
  landing: PendingCommand | "check",
  { open }: RunState,
): { checkpoint: string; command?: number } {
  if (landing === "check") return { checkpoint: "checkCancellation" };
  const { command } = landing;
  return { checkpoint: kindOf(landing).checkpoint(landing, open.get(command)), command };
}
