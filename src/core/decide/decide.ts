/**
 * What follows from a log and its replay: the events to append now, and what to do after it.
 * Pure: time, ids and what is known of tasks come in.
 *
 * D1. No unshielded step is claimed or scheduled once a cancellation was requested, or while the run is
 *     paused; and while it is, nothing else unshielded begins. What has begun may be over.
 * D2. `cancellation.delivered` comes only when no unshielded step executes any more and nothing that
 *     was begun in a shield is left to do, wherever in the run; and only when there is something to
 *     reject, so a run without a checkpoint left ends as it would have.
 * D3. A run ends only when its function has ended and no shield is open, or at its deadline.
 * D4. Of several runnable steps each becomes a task; one alone is claimed in the log.
 * D5. Once a cancellation was requested, it is delivered, and the run ends by itself, only when every
 *     unshielded child that is cancelled with it has ended and stands in the log: the innermost first.
 */
import { tellsCode } from "../commands/index.ts";
import type { Outcome } from "../outcome.ts";
import type { RunState } from "../run-state.ts";
import type { Situation } from "../situation.ts";
import { waitFor } from "../wait.ts";
import { beginnings } from "./beginnings.ts";
import { deliver } from "./cancellation.ts";
import { atDeadline, whenFarTooLong, whenOverdue, whenRunaway, whenTooLong } from "./deadline.ts";
import type { Decision } from "./decision.ts";
import { end } from "./ending.ts";
import { continueAsNew } from "./generation.ts";
import { takeMessages } from "./messages.ts";
import { giveUpLost, runnableSteps, startSteps } from "./steps.ts";
import { dueTimers } from "./timers.ts";

export function decide(state: RunState, outcome: Outcome, situation: Situation): Decision {
  if (state.ended) return { events: [], next: { type: "ended" } };
  if (state.continued) return { events: [], next: { type: "continued" } };
  return (
    atDeadline(state, situation) ??
    whenFarTooLong(state, situation) ??
    whenUnreplayable(outcome) ??
    whenRunaway(state, outcome) ??
    whenOverdue(state, situation) ??
    dueTimers(state, situation) ??
    end(state, outcome, situation) ??
    continueAsNew(state, outcome, situation) ??
    whenTooLong(state, situation) ??
    deliver(state, outcome, situation) ??
    takeMessages(state, outcome) ??
    giveUpLost(state, outcome, situation) ??
    proceed(state, outcome, situation)
  );
}

function whenUnreplayable({ fault }: Outcome): Decision | undefined {
  return fault && { events: [], next: { type: "problem", error: fault } };
}

function proceed(state: RunState, outcome: Outcome, situation: Situation): Decision {
  const begun = beginnings(state, outcome, situation);
  if (begun.some(tellsCode)) return { events: begun, next: { type: "replay" } };
  const runnable = runnableSteps(state, outcome, situation);
  if (runnable.length === 0) return { events: begun, next: waitFor(state, begun, situation) };
  const { events, next } = startSteps(state, runnable, situation);
  return { events: [...begun, ...events], next };
}
