/** What an invocation does that was sent to run one task. */

import { isStep, isTask } from "../../core/commands/index.ts";
import type { PendingStep } from "../../core/commands/step.ts";
import { WorkflowNotFoundError } from "../../core/errors.ts";
import { isEnded } from "../../core/run.ts";
import type { Verdict } from "../../core/settle.ts";
import type { Task } from "../../core/task.ts";
import type { TaskAnswer, TaskChange } from "../../ports/store.ts";
import { later } from "../continuations/messages.ts";
import type { Session } from "../session/session.ts";
import type { Hold } from "../steps/hold-lease.ts";
import { runAttempt } from "../steps/run-attempt.ts";
import { advance, type Delivery } from "./advance.ts";
import { ADVANCE, type ClaimAnswer, type Claimed, claimTask, freeAt } from "./claim-task.ts";
import { clearMarks, finishedTasks } from "./collect-tasks.ts";

export async function runTask(
  session: Session,
  command: number,
  { worker, continuation: { runId, sweep, unknownSince }, leaseMs, options }: Delivery,
): Promise<void> {
  // The claim that a task's message names is the task's: it says nothing of claims in the log.
  const continuation = { runId, task: command, sweep, unknownSince };
  const delivery = { worker, continuation, leaseMs, options };
  const claimed = await claimScheduled(session, command, delivery);
  switch (claimed.type) {
    case "advance":
      await advance(session, delivery);
      return;
    case "later": {
      const message = {
        continuation: { runId: session.key.runId, task: command, claim: claimed.claim },
      };
      return await session.services.scheduler.send([
        later(message, claimed.at, session.services.clock.now()),
      ]);
    }
    case "finished":
      return await absorb(session, delivery, { task: claimed.task, own: false });
    case "claimed":
      return await runClaimed(session, claimed, delivery);
  }
}

/**
 * Claims the task that the step was scheduled as last. What is known here may be of one before, which was
 * stopped: then this message is of the one that has taken its place.
 */
async function claimScheduled(
  session: Session,
  command: number,
  delivery: Delivery,
): Promise<ClaimAnswer> {
  for (;;) {
    const step = await scheduledStep(session, command);
    if (!step) return ADVANCE;
    const tried = taskOf(session, command);
    const claimed = await claimTask(session, step, delivery);
    if (claimed.type === "claimed" || claimed.type === "later") return claimed;
    await session.exclusive(() => session.catchUp());
    const now = taskOf(session, command);
    if (now === undefined || now === tried) return claimed;
  }
}

/** The number of the task that a step is scheduled as. */
function taskOf({ state }: Session, command: number): number | undefined {
  const open = state.ended ? undefined : state.open.get(command);
  return isTask(open) ? open.phase.task : undefined;
}

/** The step, if the log says that it is still to be done as a task, and nothing forbids it. */
async function scheduledStep(session: Session, command: number): Promise<PendingStep | undefined> {
  return await session.exclusive(async () => {
    if (!isScheduled(session, command) && !(await session.catchUp())) return undefined;
    if (!isScheduled(session, command)) return undefined;
    const open = session.state.open.get(command);
    const step = await pendingStep(session, command);
    return step?.name === open?.name && step?.shielded === open?.shielded ? step : undefined;
  });
}

/** The step that the code asks for at this position; none if it does not fit its log. */
async function pendingStep(session: Session, command: number): Promise<PendingStep | undefined> {
  try {
    const { pending, fault } = await session.outcome();
    const step = fault ? undefined : pending.get(command);
    return isStep(step) ? step : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

function isScheduled({ state }: Session, command: number): boolean {
  return !state.ended && isTask(state.open.get(command));
}

/** Runs a claimed task, keeps in its item how that ended, and absorbs it if it is over. */
async function runClaimed(
  session: Session,
  { step, scheduled, claim, attempt, until }: Claimed,
  delivery: Delivery,
): Promise<void> {
  const { clock, scheduler } = session.services;
  const { key } = session;
  const { command } = step;
  const update = (what: TaskChange): Promise<TaskAnswer> =>
    session.tasks.update(scheduled, { claim, ...what });
  const renew = async (lease: number): Promise<Hold> => {
    const { ok, task } = await update({ type: "renew", lease });
    if (!ok) return "lost";
    return task.stop ? await heldInSpiteOf(session) : "held";
  };
  const { leaseMs, options } = delivery;
  const lease = {
    until,
    lengthMs: () => leaseMs(step),
    remainingMs: options.remainingMs,
    renew,
  };
  const ran = await runAttempt(session, { step, attempt, lease });
  if (ran.type === "late") {
    const message = { continuation: { runId: key.runId, task: command, claim } };
    return await scheduler.send([
      later(message, freeAt(session.services, lease.until), clock.now()),
    ]);
  }
  if (ran.type !== "ended") {
    // Who looks at it now finds that nobody holds it.
    if (ran.type === "stopped") await update({ type: "renew", lease: RELEASED });
    await advance(session, delivery);
    return;
  }
  const next = updateFor(ran.verdict, clock.now());
  const { ok, task } = await update(next);
  if (ok && next.type === "finish") {
    return await absorb(session, delivery, { task, own: true });
  }
  if (ok && next.type === "retry") {
    const message = { continuation: { runId: key.runId, task: command } };
    await scheduler.send([later(message, next.retryAt, clock.now())]);
    if (!task.stop) session.services.observing.retrying(session.head, { step, attempt }, next);
  }
  // The claim was lost, or a cancellation stopped the task: then the log has to hear of it.
  if (!ok || task.stop) await advance(session, delivery);
}

/**
 * What the stop of a claimed task comes to, whose item tells only that nothing may begin any more. What
 * executes learns at once that its run is over. A pause came after the claim, and lets it be finished.
 */
async function heldInSpiteOf(session: Session): Promise<Hold> {
  const isThere = await session.knownHead.read();
  const { status, cancellation } = session.head;
  session.attempts.tell({ ended: status });
  if (!isThere || isEnded(status)) return "lost";
  return cancellation ? "stopped" : "held";
}

/** A lease that was over long ago. */
const RELEASED = 0;

function updateFor(verdict: Verdict, now: number): TaskChange {
  if (verdict.type !== "retry") return { type: "finish", end: verdict };
  const { afterMs, ...failure } = verdict;
  return { ...failure, retryAt: now + afterMs };
}

/**
 * Gets a finished task into the log, unless another does so first. A delivery that finished it itself
 * may leave then; any other does not know what the one that finished it came to do (TU3).
 */
async function absorb(
  session: Session,
  delivery: Delivery,
  { task, own }: { task: Task; own: boolean },
): Promise<void> {
  const { finished } = session;
  finished.add(task);
  const absorbed = await session.exclusive(
    async () => !finished.isWaiting(session.state, task.command),
  );
  const news = finishedTasks(session);
  if (!own || !absorbed) await advance(session, delivery, { news, own });
  await clearMarks(session);
}
