/** Which steps are to be executed, and how: alone, claimed in the log, or as tasks (D4). */
import { isStep, isTask, kindOf } from "../commands/index.ts";
import { type OpenStep, type PendingStep, stepFields } from "../commands/step.ts";
import { StepLostError } from "../errors.ts";
import type { LogEvent } from "../events.ts";
import type { Outcome } from "../outcome.ts";
import { freeSides, type RunState } from "../run-state.ts";
import { isBusy, isFree, type Situation } from "../situation.ts";
import type { Task } from "../task.ts";
import { encodeError } from "../value.ts";
import { fresh } from "./beginnings.ts";
import type { Decision } from "./decision.ts";
import { dueBy } from "./timers.ts";

/** A step whose last attempt was lost with its function has failed. */
export function giveUpLost(
  state: RunState,
  outcome: Outcome,
  situation: Situation,
): Decision | undefined {
  const events = lostSteps(state, situation).flatMap((open): LogEvent[] => {
    const pending = outcome.pending.get(open.command);
    const dead = deadTaskOf(open, situation);
    // An attempt that was promised and not made yet is made, whatever the policy is by now.
    if (dead && (dead.retryAt !== undefined || dead.attempt < open.attempt)) return [];
    const attempt = lastAttempt(open, situation);
    if (!isStep(pending) || attempt < pending.policy.attempts) return [];
    const lost = new StepLostError({ step: open.name, attempt });
    const thrown = dead?.lease === undefined ? dead?.error : undefined;
    const error = thrown ?? encodeError(lost);
    return [{ type: "step.failed", ...stepFields(open), attempt, error }];
  });
  return events.length === 0 ? undefined : { events, next: { type: "replay" } };
}

/** The steps that may go on and that nobody executes any more, in the order of their commands. */
function lostSteps(state: RunState, situation: Situation): OpenStep[] {
  const claims = freeSides(state).flatMap((side): OpenStep[] => [...side.claims()]);
  const tasks = [...situation.deadTasks].flatMap(([number, { command }]) => {
    const open = state.open.get(command);
    return isTask(open) && open.phase.task === number ? [open] : [];
  });
  return [...claims, ...tasks]
    .filter((open) => isFree(state, open) && !kindOf(open).isLive(open, situation))
    .sort((a, b) => a.command - b.command);
}

/** The last attempt that was made of a recorded step. */
function lastAttempt(open: OpenStep, situation: Situation): number {
  if (!isTask(open)) return open.attempt;
  return Math.max(deadTaskOf(open, situation)?.attempt ?? 0, open.attempt - 1);
}

function deadTaskOf(open: OpenStep, { deadTasks }: Situation): Task | undefined {
  return isTask(open) ? deadTasks.get(open.phase.task) : undefined;
}

/** The steps to be claimed or scheduled now, in the order of their commands. */
export function runnableSteps(
  state: RunState,
  outcome: Outcome,
  situation: Situation,
): PendingStep[] {
  const { now } = situation;
  const retries = freeSides(state).flatMap((side) => dueBy(side, now).map(({ open }) => open));
  const lost = lostSteps(state, situation).filter(
    (open) => (deadTaskOf(open, situation)?.retryAt ?? 0) <= now,
  );
  const again = [...retries, ...lost].map(({ command }) => outcome.pending.get(command));
  return [...fresh(state, outcome), ...again].filter(isStep).sort((a, b) => a.command - b.command);
}

/** Claims the one step that this turn may run, or leaves them to others. */
export function startSteps(
  state: RunState,
  runnable: readonly PendingStep[],
  situation: Situation,
): Decision {
  const alone = stepAlone(state, runnable, situation);
  if (!alone) {
    const scheduled = runnable.map(
      (step): LogEvent => ({
        type: "step.scheduled",
        ...claimFields(state, step, situation),
        ...(state.open.has(step.command) && { afresh: true }),
      }),
    );
    return { events: scheduled, next: { type: "tasks" } };
  }
  if (situation.mayRun === "none" || (situation.mayRun === "inline" && !alone.policy.inline)) {
    return { events: [], next: { type: "continue" } };
  }
  const claim = situation.newClaim();
  // Of two clocks that disagree the later one: a live step taken over is worse than a lost one late.
  const lease = situation.at + situation.leaseMs(alone);
  const fields = claimFields(state, alone, situation);
  const started: LogEvent = { type: "step.started", ...fields, claim, lease };
  const { attempt } = fields;
  const until = situation.now + situation.leaseMs(alone);
  return { events: [started], next: { type: "run", step: alone, attempt, claim, lease: until } };
}

function stepAlone(
  state: RunState,
  runnable: readonly PendingStep[],
  situation: Situation,
): PendingStep | undefined {
  const isAlone = runnable.length === 1 && !isBusy(state, situation);
  return isAlone ? runnable[0] : undefined;
}

/** The next attempt: after the last one, or the first. */
function claimFields(
  state: RunState,
  { command, name, shielded, cleanup }: PendingStep,
  situation: Situation,
): Omit<Extract<LogEvent, { type: "step.scheduled" }>, "type" | "afresh"> {
  const open = state.open.get(command);
  const { now, at } = situation;
  const fields = { command, step: name, shielded, ...(now !== at && { ownTime: now }) };
  if (isStep(open)) return { ...fields, attempt: lastAttempt(open, situation) + 1 };
  return { ...fields, attempt: 1, ...(cleanup === false && { cleanup }) };
}
