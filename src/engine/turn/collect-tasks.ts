/** How the log of a run catches up with its tasks. */
import type { OpenStep } from "../../core/commands/step.ts";
import { taskByOwnClock } from "../../core/own-clock.ts";
import { absorb, endOf } from "../../core/settle.ts";
import type { Task } from "../../core/task.ts";
import type { Continuation } from "../../ports/scheduler.ts";
import { type NewsSource, stopTasks } from "../commit/commit.ts";
import { type IdleTask, sendAgain } from "../continuations/resend-tasks.ts";
import type { Parts } from "../services.ts";
import { ownClock } from "../session/own-clock.ts";
import type { Session } from "../session/session.ts";

export interface Examined {
  news: NewsSource;
  /** Tasks that can never be claimed again and that nobody executes. */
  dead: ReadonlyMap<number, Task>;
  /** A task that nobody holds although its message was sent again. */
  abandoned: number | undefined;
}

/**
 * Decides from the log and the task items as if no message had ever been sent: stops what a
 * cancellation forbids to start, sends again what may be lost, and answers the news: what has ended,
 * and what was stopped before it started.
 * @param open the tasks in question.
 * @param continuation what is delivered, and may have lost messages with its last delivery.
 */
export async function examineTasks(
  parts: Parts,
  session: Session,
  open: readonly OpenStep[],
  continuation: Continuation,
): Promise<Examined> {
  const { state, key } = session;
  const isStopped = (step: OpenStep): boolean => state.cancellation !== undefined && !step.shielded;
  await stopTasks(
    parts,
    session,
    open.filter(isStopped).map(({ command }) => command),
  );
  const found = await parts.store.tasks.get(
    key,
    open.map(({ command }) => command),
  );
  const own = ownClock(parts, key);
  const byCommand = new Map(found.map((task) => [task.command, task]));

  const news: Task[] = [];
  const dead = new Map<number, Task>();
  const idle: IdleTask[] = [];
  for (const step of open) {
    const found = byCommand.get(step.command) ?? { command: step.command, attempt: 0 };
    const task = taskByOwnClock(found, own);
    if (endOf(task, step)) news.push(task);
    else if (!task.end && isHeld(parts, session, task)) continue;
    else if (isStopped(step)) news.push(task);
    else if (task.stop) dead.set(step.command, task);
    else idle.push({ step, task });
  }
  return {
    abandoned: await sendAgain(parts, session, idle, continuation),
    dead,
    news: (now) => news.flatMap((task) => absorb(now, task)),
  };
}

/** Whether somebody may be executing it. */
function isHeld({ clock, settings }: Parts, session: Session, task: Task): boolean {
  if (session.attempts.has(task.command)) return true;
  return task.lease !== undefined && clock.now() < task.lease + settings.skewMs;
}

/**
 * The news of every task that finished in this process and is not in the log yet, so that one
 * entry absorbs them all. Who loses the race for the tail leaves a mark on its tasks and takes
 * along those that others marked: of many that finish at once, one absorbs the rest.
 */
export function finishedTasks(parts: Parts, session: Session): NewsSource {
  const { finished } = session;
  return async (state, tries) => {
    finished.forgetAbsorbed(session.state);
    if (tries > 0 && finished.size > 0) await exchangeMarks(parts, session);
    return finished.all().flatMap((task) => absorb(state, task));
  };
}

/** Whether a task that finished here is in the log by now. */
export function isAbsorbed({ finished, state }: Session, command: number): boolean {
  finished.forgetAbsorbed(state);
  return !finished.has(command);
}

/** Takes away the marks of what this process absorbed. */
export async function clearMarks({ store }: Parts, session: Session): Promise<void> {
  const { finished, key } = session;
  finished.forgetAbsorbed(session.state);
  const absorbed = finished.takeAbsorbedMarks();
  if (absorbed.length > 0) await store.tasks.unmarkDone(key, absorbed);
}

async function exchangeMarks({ store }: Parts, session: Session): Promise<void> {
  const { key, finished, state } = session;
  for (const command of finished.commands()) {
    if (!finished.isMarked(command)) await store.tasks.markDone(key, command);
    finished.mark(command);
  }
  const others = (await store.tasks.doneMarks(key)).filter((command) => !finished.has(command));
  for (const command of others) finished.mark(command);
  const open = others.filter((command) => state.open.has(command));
  if (open.length === 0) return;
  for (const task of await store.tasks.get(key, open)) {
    if (task.end) finished.add(task);
  }
}
