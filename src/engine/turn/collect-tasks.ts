/** How the log of a run catches up with its tasks. */
import { isTask } from "../../core/commands/index.ts";
import type { ScheduledStep } from "../../core/commands/step.ts";
import { taskByOwnClock } from "../../core/own-clock.ts";
import { absorb, endOf } from "../../core/settle.ts";
import { isAwaited, isFree } from "../../core/situation.ts";
import type { Task } from "../../core/task.ts";
import type { Continuation } from "../../ports/scheduler.ts";
import type { News } from "../commit/commit.ts";
import { type IdleTask, sendAgain } from "../continuations/resend-tasks.ts";
import { ownClock } from "../session/own-clock.ts";
import type { Session } from "../session/session.ts";

export interface Examined {
  news: News;
  /** Tasks that can never be claimed again and that nobody executes, by their numbers. */
  dead: ReadonlyMap<number, Task>;
  /** A task that nobody holds although its message was sent again. */
  abandoned: number | undefined;
}

/**
 * Decides from the log and the task items as if no message had ever been sent: stops what a
 * cancellation or a pause forbids to start, sends again what may be lost, and answers the news: what
 * has ended, and what a cancellation has stopped before it started.
 * @param open the tasks in question.
 * @param continuation what is delivered, and may have lost messages with its last delivery.
 */
export async function examineTasks(
  session: Session,
  open: readonly ScheduledStep[],
  continuation: Continuation,
): Promise<Examined> {
  const { state } = session;
  await session.tasks.stop(open.filter((step) => !isFree(state, step)));
  const found = await session.tasks.get(open);
  const own = ownClock(session.services, session.key);
  const byCommand = new Map(found.map((task) => [task.command, task]));

  const news: Task[] = [];
  const dead = new Map<number, Task>();
  const idle: IdleTask[] = [];
  for (const step of open) {
    const found = byCommand.get(step.command) ?? { command: step.command, attempt: 0 };
    const task = taskByOwnClock(found, own);
    if (endOf(task, step)) news.push(task);
    else if (!task.end && isHeld(session, task)) continue;
    else if (!isAwaited(state, step)) news.push(task);
    else if (task.stop) dead.set(step.phase.task, task);
    else idle.push({ step, task });
  }
  return {
    abandoned: await sendAgain(session, idle, continuation),
    dead,
    news: { eventsFor: (now) => news.flatMap((task) => absorb(now, task)) },
  };
}

/** Whether somebody may be executing it. */
function isHeld(session: Session, task: Task): boolean {
  const { clock, settings } = session.services;
  if (session.attempts.has(task.command)) return true;
  return task.lease !== undefined && clock.now() < task.lease + settings.skewMs;
}

/**
 * The news of every task that finished in this process and is not in the log yet, so that one
 * entry absorbs them all. Who loses the race for the tail leaves a mark on its tasks and takes
 * along those that others marked: of many that finish at once, one absorbs the rest.
 */
export function finishedTasks(session: Session): News {
  const { finished } = session;
  return {
    eventsFor: (state) => finished.waiting(state).flatMap((task) => absorb(state, task)),
    async afterLostRace() {
      if (finished.waiting(session.state).length > 0) await exchangeMarks(session);
    },
  };
}

/** Takes away the marks of what this process absorbed. */
export async function clearMarks({ services, key, finished, state }: Session): Promise<void> {
  const absorbed = finished.takeAbsorbed(state);
  if (absorbed.length > 0) await services.store.tasks.unmarkDone(key, absorbed);
}

async function exchangeMarks(session: Session): Promise<void> {
  const { services, key, finished, state } = session;
  const { tasks } = services.store;
  for (const { command } of finished.waiting(state)) {
    if (!finished.isMarked(command)) await tasks.markDone(key, command);
    finished.mark([command]);
  }
  const marked = await tasks.doneMarks(key);
  const others = marked.filter((command) => !finished.isWaiting(state, command));
  finished.mark(others);
  const open = others.map((command) => state.open.get(command)).filter(isTask);
  for (const task of await session.tasks.get(open)) if (task.end) finished.add(task);
}
