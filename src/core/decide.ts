/**
 * What follows from a log and its replay: the events to append now, and what to do after it.
 * Pure: time, ids and what is known of tasks come in.
 *
 * D1. No unshielded step is claimed or scheduled once a cancellation was requested.
 * D2. `cancellation.delivered` comes only when no unshielded step executes any more and nothing that
 *     was begun in a shield is left to do, wherever in the run; and only when there is something to
 *     reject, so a run without a checkpoint left ends as it would have.
 * D3. A run ends only when its function has ended and no shield is open, or at its deadline.
 * D4. Of several runnable steps each becomes a task; one alone is claimed in the log.
 */

import { ENTRY_LIMIT } from "./bounds.ts";
import { type DetentError, StepLostError } from "./errors.ts";
import type { LogEvent } from "./events.ts";
import type { OpenCommand, OpenSleep, OpenStep } from "./open-command.ts";
import type { Side } from "./open-commands.ts";
import type { Ending, Outcome, PendingCommand, PendingSleep, PendingStep } from "./outcome.ts";
import { deadlineOf, freeSides, type RunState, type TerminationState } from "./run-state.ts";
import { hasLive, isBusy, isFree, isLive, type Situation } from "./situation.ts";
import { encodeError, sizeOf } from "./value.ts";
import { type Wait, waitFor } from "./wait.ts";

/** By whom the engine asks for what follows from the run itself. */
const ENGINE = "detent";
/** How much of a closing entry is left free of what the run leaves behind. */
const ROOM_TO_SPARE = 1024;
const MOST_LEFTOVERS = 900;

export type Next =
  /** The events settle something: replay them, then decide again. */
  | { type: "replay" }
  | { type: "ended" }
  | { type: "run"; step: PendingStep; attempt: number; claim: string; lease: number }
  /** The next step is for another invocation. */
  | { type: "continue" }
  | { type: "tasks" }
  | Wait
  | { type: "problem"; error: DetentError };

export interface Decision {
  events: LogEvent[];
  next: Next;
}

export function decide(state: RunState, outcome: Outcome, situation: Situation): Decision {
  if (state.ended) return { events: [], next: { type: "ended" } };
  return (
    atDeadline(state, situation) ??
    whenUnreplayable(outcome) ??
    whenRunaway(state, outcome) ??
    whenOverdue(state, situation) ??
    dueSleeps(state, situation) ??
    end(state, outcome) ??
    deliver(state, outcome, situation) ??
    giveUpLost(state, outcome, situation) ??
    proceed(state, outcome, situation)
  );
}

/** What the end of the grace period does to a run, which needs no replay. */
export function atDeadline(state: RunState, { now }: { now: number }): Decision | undefined {
  const { delivered } = state.cancellation ?? {};
  if (!delivered || now < delivered.deadline) return undefined;
  const reason = "The grace period of the cancellation ended before its clean-up did.";
  return terminate(state, { reason, requestedBy: ENGINE });
}

/** Ends a run at once. */
export function terminate(state: RunState, { reason, requestedBy }: TerminationState): Decision {
  return close(state, { type: "workflow.terminated", reason, requestedBy });
}

function whenUnreplayable({ fault }: Outcome): Decision | undefined {
  return fault && { events: [], next: { type: "problem", error: fault } };
}

/** What is shielded in other branches is let finish. */
function whenRunaway(state: RunState, { runaway, openShields }: Outcome): Decision | undefined {
  if (!runaway || openShields > 0) return undefined;
  const reason =
    "The workflow swallowed its cancellation in a loop. Rethrow errors for which isCancellation(error) is true.";
  return terminate(state, { reason, requestedBy: ENGINE });
}

function whenOverdue(state: RunState, situation: Situation): Decision | undefined {
  const { now, at, maxDurationMs, gracePeriodMs } = situation;
  const deadline = deadlineOf(state, maxDurationMs);
  if (state.cancellation || deadline === undefined || now < deadline) return undefined;
  const event: LogEvent = {
    type: "cancellation.requested",
    reason: `The run took longer than its maxDuration of ${maxDurationMs} ms.`,
    requestedBy: ENGINE,
    requestedAt: at,
    gracePeriodMs,
  };
  return { events: [event], next: { type: "replay" } };
}

function dueSleeps(state: RunState, { now }: Situation): Decision | undefined {
  const due = freeSides(state)
    .flatMap((side) => dueBy(side, now))
    .filter((open): open is OpenSleep => open.kind === "sleep")
    .sort((a, b) => a.until - b.until || a.command - b.command);
  if (due.length === 0) return undefined;
  const events = due.map(({ command, shielded }) => ({
    type: "sleep.completed" as const,
    command,
    shielded,
  }));
  return { events, next: { type: "replay" } };
}

function dueBy(side: Side, now: number): OpenCommand[] {
  const due: OpenCommand[] = [];
  for (const { at, open } of side.timers()) {
    if (at > now) break;
    due.push(open);
  }
  return due;
}

function end(state: RunState, { ending, openShields, unrecorded }: Outcome): Decision | undefined {
  if (!ending || openShields > 0) return undefined;
  const unbegun = [...unrecorded.values()].map(neverBegun);
  return close(state, terminalEvent(state, ending), unbegun);
}

/** What the code called without awaiting it, right before it ended. */
function neverBegun({ kind, command, name, shielded }: PendingCommand): LogEvent {
  if (kind === "sleep") return { type: "sleep.cancelled", command, shielded, begun: false };
  return { type: "step.abandoned", command, step: name, attempt: 0, shielded };
}

function terminalEvent(state: RunState, ending: Ending): LogEvent {
  if (ending.type === "completed") return { type: "workflow.completed", output: ending.output };
  const cancelled = ending.cancellation && state.cancellation?.delivered !== undefined;
  return { type: cancelled ? "workflow.cancelled" : "workflow.failed", error: ending.error };
}

/**
 * Ends the log, in one entry: what the run leaves behind, as far as it fits, and the terminal event,
 * which ends the rest as well.
 */
function close(state: RunState, terminal: LogEvent, unbegun: readonly LogEvent[] = []): Decision {
  let room = ENTRY_LIMIT - sizeOf(terminal) - ROOM_TO_SPARE;
  const events: LogEvent[] = [];
  for (const event of [...leftovers(state), ...unbegun]) {
    room -= sizeOf(event);
    if (room < 0 || events.length >= MOST_LEFTOVERS) break;
    events.push(event);
  }
  return { events: [...events, terminal], next: { type: "ended" } };
}

function leftovers(state: RunState): LogEvent[] {
  return state.open.values().flatMap((open): LogEvent[] => {
    if (open.kind === "sleep") return [cancelled(open)];
    if (open.phase.type === "cancelled") return [];
    if (open.phase.type === "retrying") return [cancelled(open)];
    return [{ type: "step.abandoned", ...stepFields(open) }];
  });
}

function deliver(state: RunState, outcome: Outcome, situation: Situation): Decision | undefined {
  const { cancellation } = state;
  if (!cancellation || cancellation.delivered) return undefined;
  if (isShieldAtWork(state, outcome)) return undefined;
  const { unshielded } = state.open;
  if (hasLive(unshielded, situation)) return undefined;
  const landing = landingOf(outcome);
  if (!landing) return undefined;
  const delivered: LogEvent = {
    type: "cancellation.delivered",
    ...checkpointAt(landing, state),
    deadline: situation.at + cancellation.gracePeriodMs,
    ...(outcome.openShields > 0 && { openShields: outcome.openShields }),
  };
  // First what each one came to: the delivery rejects with the failure of a step as the cause.
  const came = [...unshielded.values()]
    .filter((open) => open.kind === "sleep" || open.phase.type !== "cancelled")
    .map(cancelled);
  return { events: [...came, delivered], next: { type: "replay" } };
}

/** Whether something that was begun in a shield is left to do, wherever in the run. */
function isShieldAtWork({ open }: RunState, { unrecorded }: Outcome): boolean {
  return open.shielded.size > 0 || [...unrecorded.values()].some(({ shielded }) => shielded);
}

/**
 * The checkpoint that the code came to last: what was issued before may be the loser of a race, which
 * nobody waits for any more.
 */
function landingOf({ pending, waitingChecks }: Outcome): PendingCommand | "check" | undefined {
  let landing: PendingCommand | undefined;
  for (const each of pending.values()) {
    if (!landing || each.window > landing.window) landing = each;
  }
  const check = waitingChecks.at(-1);
  if (check === undefined) return landing;
  return landing && landing.window >= check ? landing : "check";
}

function checkpointAt(
  landing: PendingCommand | "check",
  { open }: RunState,
): { checkpoint: string; command?: number } {
  if (landing === "check") return { checkpoint: "checkCancellation" };
  const { kind, name, command } = landing;
  if (kind === "sleep") return { checkpoint: "sleep", command };
  const recorded = open.get(command);
  const retrying = recorded?.kind === "step" && recorded.phase.type === "retrying";
  return { checkpoint: `${retrying ? "retry of step" : "step"} ${name}`, command };
}

function cancelled(open: OpenCommand): LogEvent {
  const { command, shielded } = open;
  if (open.kind === "sleep") return { type: "sleep.cancelled", command, shielded };
  const error = open.phase.type === "retrying" ? open.phase.error : undefined;
  return { type: "step.cancelled", ...stepFields(open), error };
}

function stepFields({ command, name, attempt, shielded }: OpenStep): {
  command: number;
  step: string;
  attempt: number;
  shielded: boolean;
} {
  return { command, step: name, attempt, shielded };
}

/** A step whose last attempt was lost with its function has failed. */
function giveUpLost(state: RunState, outcome: Outcome, situation: Situation): Decision | undefined {
  const events = lostSteps(state, situation).flatMap((open): LogEvent[] => {
    const pending = outcome.pending.get(open.command);
    const isTask = open.phase.type === "scheduled";
    const dead = isTask ? situation.deadTasks.get(open.command) : undefined;
    // An attempt that was promised and not made yet is made, whatever the policy is by now.
    if (dead && (dead.retryAt !== undefined || dead.attempt < open.attempt)) return [];
    const attempt = lastAttempt(open, situation);
    if (pending?.kind !== "step" || attempt < pending.policy.attempts) return [];
    const lost = new StepLostError({ step: open.name, attempt });
    const thrown = dead?.lease === undefined ? dead?.error : undefined;
    const error = thrown ?? encodeError(lost);
    return [{ type: "step.failed", ...stepFields(open), attempt, error }];
  });
  return events.length === 0 ? undefined : { events, next: { type: "replay" } };
}

/** The steps that may go on and that nobody executes any more, in the order of their commands. */
function lostSteps(state: RunState, situation: Situation): OpenStep[] {
  const claims = freeSides(state).flatMap((side) => [...side.claims()]);
  const tasks = [...situation.deadTasks.keys()].flatMap((command): OpenStep[] => {
    const open = state.open.get(command);
    return open?.kind === "step" && open.phase.type === "scheduled" ? [open] : [];
  });
  return [...claims, ...tasks]
    .filter((open) => isFree(state, open) && !isLive(open, situation))
    .sort((a, b) => a.command - b.command);
}

/** The last attempt that was made of a recorded step. */
function lastAttempt({ command, attempt, phase }: OpenStep, { deadTasks }: Situation): number {
  if (phase.type !== "scheduled") return attempt;
  return Math.max(deadTasks.get(command)?.attempt ?? 0, attempt - 1);
}

function proceed(state: RunState, outcome: Outcome, situation: Situation): Decision {
  const fresh = [...outcome.unrecorded.values()].filter((issued) => isFree(state, issued));
  const newSleeps = fresh
    .filter((issued) => issued.kind === "sleep")
    .concat(tooFarOff(state, outcome, situation))
    .map((sleep) => startSleep(sleep, situation.now));
  const runnable = runnableSteps(state, outcome, fresh, situation);
  const [first] = runnable;
  if (!first) return { events: newSleeps, next: waitFor(state, newSleeps, situation) };

  const dead = runnable.find(({ command }) => situation.deadTasks.has(command));
  const isAlone = runnable.length === 1 && !isBusy(state, situation);
  const alone = dead ?? (isAlone ? first : undefined);
  if (!alone) {
    const scheduled = runnable.map(
      (step): LogEvent => ({
        type: "step.scheduled",
        ...claimFields(state, step, situation),
      }),
    );
    return { events: [...newSleeps, ...scheduled], next: { type: "tasks" } };
  }
  if (situation.mayRun === "none" || (situation.mayRun === "inline" && !alone.policy.inline)) {
    return { events: newSleeps, next: { type: "continue" } };
  }
  const claim = situation.newClaim();
  // Of two clocks that disagree the later one: a live step taken over is worse than a lost one late.
  const lease = situation.at + situation.leaseMs(alone);
  const fields = claimFields(state, alone, situation);
  const started: LogEvent = { type: "step.started", ...fields, claim, lease };
  const { attempt } = fields;
  return {
    events: [...newSleeps, started],
    next: { type: "run", step: alone, attempt, claim, lease },
  };
}

/**
 * Sleeps that end later than if they began only now, so whoever began them had a clock that was ahead.
 * They begin anew, by this one.
 */
function tooFarOff(state: RunState, { pending }: Outcome, situation: Situation): PendingSleep[] {
  const { now, at, skewMs } = situation;
  if (at === now) return [];
  return [...pending.values()].filter((issued): issued is PendingSleep => {
    if (issued.kind !== "sleep" || "at" in issued.wake || !isFree(state, issued)) return false;
    const open = state.open.get(issued.command);
    return open?.kind === "sleep" && open.until > now + issued.wake.afterMs + skewMs;
  });
}

function startSleep(
  { command, shielded, wake }: PendingSleep,
  now: number,
): LogEvent & { until: number } {
  const until = "at" in wake ? wake.at : now + wake.afterMs;
  return { type: "sleep.started", command, shielded, until };
}

/** The steps to be claimed or scheduled now, in the order of their commands. */
function runnableSteps(
  state: RunState,
  { pending }: Outcome,
  fresh: readonly PendingCommand[],
  situation: Situation,
): PendingStep[] {
  const { now, deadTasks } = situation;
  const retries = freeSides(state).flatMap((side) => dueBy(side, now));
  const lost = lostSteps(state, situation).filter(
    ({ command }) => (deadTasks.get(command)?.retryAt ?? 0) <= now,
  );
  const again = [...retries, ...lost].map(({ command }) => pending.get(command));
  return [...fresh, ...again]
    .filter((issued) => issued?.kind === "step")
    .sort((a, b) => a.command - b.command);
}

/** The next attempt: after the last one, or the first. */
function claimFields(
  state: RunState,
  { command, name, shielded, cleanup }: PendingStep,
  situation: Situation,
): { command: number; step: string; attempt: number; shielded: boolean; cleanup?: false } {
  const open = state.open.get(command);
  const fields = { command, step: name, shielded };
  if (open?.kind === "step") return { ...fields, attempt: lastAttempt(open, situation) + 1 };
  return { ...fields, attempt: 1, ...(cleanup === false && { cleanup }) };
}
