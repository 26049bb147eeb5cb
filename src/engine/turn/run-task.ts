/** What an invocation does that was sent to run one task. */

import { isStep, isTask } from "../../core/commands/index.ts";
import type { PendingStep } from "../../core/commands/step.ts";
import { StepLostError, WorkflowNotFoundError } from "../../core/errors.ts";
import { taskByOwnClock } from "../../core/own-clock.ts";
import { isEnded } from "../../core/run.ts";
import { endOf, type Verdict } from "../../core/settle.ts";
import type { Task } from "../../core/task.ts";
import { encodeError } from "../../core/value.ts";
import type { TaskAnswer, TaskChange } from "../../ports/store.ts";
import { stopTasks } from "../commit/commit.ts";
import { later } from "../continuations/messages.ts";
import type { EngineParts } from "../session/engine-parts.ts";
import { ownClock } from "../session/own-clock.ts";
import type { Session } from "../session/session.ts";
import type { Hold } from "../steps/hold-lease.ts";
import { runAttempt } from "../steps/run-attempt.ts";
import { type Delivery, look } from "./advance.ts";
import { clearMarks, finishedTasks, isAbsorbed } from "./collect-tasks.ts";

export async function runTask(
  parts: EngineParts,
  session: Session,
  command: number,
  { continuation: { runId, sweep, unknownSince }, leaseMs, options }: Delivery,
): Promise<void> {
  // The claim that a task's message names is the task's: it says nothing of claims in the log.
  const continuation = { runId, task: command, sweep, unknownSince };
  const delivery = { continuation, leaseMs, options };
  const step = await scheduledStep(session, command);
  const claimed = step ? await claim(parts, session, step, delivery) : LOOK;
  switch (claimed.type) {
    case "look":
      await look(parts, session, delivery);
      return;
    case "later": {
      const message = {
        continuation: { runId: session.key.runId, task: command, claim: claimed.claim },
      };
      return await parts.scheduler.send([later(message, claimed.at, parts.clock.now())]);
    }
    case "finished":
      return await absorb(parts, session, claimed.task, delivery, { own: false });
    case "claimed":
      return await runClaimed(parts, session, claimed, delivery);
  }
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

interface Claimed {
  type: "claimed";
  step: PendingStep;
  claim: string;
  attempt: number;
  until: number;
}

type Answer =
  | Claimed
  | { type: "finished"; task: Task }
  | { type: "later"; at: number; claim: string | undefined }
  | { type: "look" };

const LOOK: Answer = { type: "look" };

async function claim(
  parts: EngineParts,
  session: Session,
  step: PendingStep,
  { leaseMs }: Delivery,
): Promise<Answer> {
  const { store, clock, settings, newId } = parts;
  const { cancellation, open } = session.state;
  // Whoever knows of a request sees to it that nothing unshielded starts any more.
  if (cancellation && !step.shielded) await stopTasks(parts, session, [step.command]);
  const scheduled = open.get(step.command);
  if (!isStep(scheduled)) return LOOK;
  let { attempt } = scheduled;
  let previous: Task | undefined;
  for (;;) {
    const now = clock.now();
    const lease = now + leaseMs(step);
    const id = newId();
    const leaseEndedBefore = now - settings.skewMs;
    const wanted = {
      claim: id,
      lease,
      attempt,
      startedAt: now,
      ...over(previous, { now, leaseEndedBefore }),
    };
    const { ok, task } = await store.tasks.claim(session.key, step.command, wanted);
    const own = taskByOwnClock(task, ownClock(parts, session.key));
    if (ok) {
      parts.observing.claimed(session.head, scheduled, previous, now);
      return { type: "claimed", step, claim: id, attempt, until: lease };
    }
    if (task.end) return endOf(task, scheduled) ? { type: "finished", task } : LOOK;
    if (own.lease !== undefined && own.lease >= leaseEndedBefore) {
      return { type: "later", at: freeAt(parts, own.lease), claim: task.claim };
    }
    if (task.stop) return LOOK;
    if (own.retryAt !== undefined && own.retryAt > now) {
      return { type: "later", at: own.retryAt, claim: undefined };
    }
    // Who failed has said when the next attempt comes: that one is made, whatever the policy is by now.
    const isLost = task.lease !== undefined;
    if (isLost && task.attempt >= step.policy.attempts) {
      return await giveUp(parts, session, step, task);
    }
    attempt = task.attempt + 1;
    previous = task;
  }
}

/**
 * What counts as over by this clock, though another that is ahead has stamped it with a later time: just
 * what was seen, so a claim that was renewed since is not taken over.
 */
function over(
  previous: Task | undefined,
  { now, leaseEndedBefore }: { now: number; leaseEndedBefore: number },
): { now: number; leaseEndedBefore: number } {
  const { lease = Number.NEGATIVE_INFINITY, retryAt = now } = previous ?? {};
  return { now: Math.max(now, retryAt), leaseEndedBefore: Math.max(leaseEndedBefore, lease + 1) };
}

/** When a task is free again whose claim nobody renews. */
function freeAt({ settings }: EngineParts, lease: number): number {
  return lease + settings.skewMs + 1;
}

/** The last attempt was lost with its function: that ends the step, in the name of its claim. */
async function giveUp(
  { store }: EngineParts,
  session: Session,
  step: PendingStep,
  { claim: lost, attempt }: Task,
): Promise<Answer> {
  if (lost === undefined) return LOOK;
  const error = encodeError(new StepLostError({ step: step.name, attempt }));
  const update: TaskChange = { type: "finish", end: { type: "failed", error } };
  const { task } = await store.tasks.update(session.key, step.command, { claim: lost, ...update });
  return task.end ? { type: "finished", task } : LOOK;
}

/** Runs a claimed task, keeps in its item how that ended, and absorbs it if it is over. */
async function runClaimed(
  parts: EngineParts,
  session: Session,
  { step, claim, attempt, until }: Claimed,
  delivery: Delivery,
): Promise<void> {
  const { store, clock, scheduler } = parts;
  const { key } = session;
  const { command } = step;
  const update = (what: TaskChange): Promise<TaskAnswer> =>
    store.tasks.update(key, command, { claim, ...what });
  const renew = async (lease: number): Promise<Hold> => {
    const { ok, task } = await update({ type: "renew", lease });
    if (!ok || (task.stop && (await hasEnded(session)))) return "lost";
    return task.stop ? "stopped" : "held";
  };
  const { leaseMs, options } = delivery;
  const lease = {
    until,
    lengthMs: () => leaseMs(step),
    remainingMs: options.remainingMs,
    renew,
  };
  const ran = await runAttempt(parts, session, { step, attempt, lease });
  if (ran.type === "late") {
    const message = { continuation: { runId: key.runId, task: command, claim } };
    return await scheduler.send([later(message, freeAt(parts, lease.until), clock.now())]);
  }
  if (ran.type !== "ended") {
    // Who looks at it now finds that nobody holds it.
    if (ran.type === "stopped") await update({ type: "renew", lease: RELEASED });
    await look(parts, session, delivery);
    return;
  }
  const next = updateFor(ran.verdict, clock.now());
  const { ok, task } = await update(next);
  if (ok && next.type === "finish") {
    return await absorb(parts, session, task, delivery, { own: true });
  }
  if (ok && next.type === "retry") {
    const message = { continuation: { runId: key.runId, task: command } };
    await scheduler.send([later(message, next.retryAt, clock.now())]);
    if (!task.stop) parts.observing.retrying(session.head, step, attempt, next);
  }
  // The claim was lost, or a cancellation stopped the task: then the log has to hear of it.
  if (!ok || task.stop) await look(parts, session, delivery);
}

/**
 * Whether the run of a stopped task is over: its item tells only that nothing may begin any more. What
 * executes learns it at once.
 */
async function hasEnded(session: Session): Promise<boolean> {
  const isThere = await session.knownHead.read();
  const { status } = session.head;
  session.attempts.tell({ ended: status });
  return !isThere || isEnded(status);
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
  parts: EngineParts,
  session: Session,
  task: Task,
  delivery: Delivery,
  { own }: { own: boolean },
): Promise<void> {
  session.finished.add(task);
  const absorbed = await session.exclusive(async () => isAbsorbed(session, task.command));
  const news = finishedTasks(parts, session);
  if (!own || !absorbed) await look(parts, session, delivery, { news, own });
  await clearMarks(parts, session);
}
