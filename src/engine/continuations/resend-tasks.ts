/** What becomes of tasks that nobody holds, and that wait for their message or have lost it. */
import type { OpenStep } from "../../core/commands/step.ts";
import type { Task } from "../../core/task.ts";
import { hasPassed } from "../../ports/clock.ts";
import type { Continuation, Message } from "../../ports/scheduler.ts";
import type { Session } from "../session/session.ts";
import { later } from "./messages.ts";

export interface IdleTask {
  step: OpenStep;
  task: Task;
}

/**
 * Sends the messages of tasks again that may be lost: each but once in a while, so that many looks at
 * a run whose tasks wait in a long queue do not make it longer.
 * @returns a task that is due and has had nobody for long, or although its message was sent again
 *   before: the delivery runs it itself, and brings the run forward whatever becomes of messages.
 *   Its message is sent all the same: should the delivery die, that one waits for the claim's end.
 */
export async function sendAgain(
  session: Session,
  idle: readonly IdleTask[],
  continuation: Continuation,
): Promise<number | undefined> {
  const { key, sent } = session;
  const { clock, scheduler, settings } = session.services;
  const now = clock.now();
  const longAgo = now - settings.watchdogMs;
  const isOld = ({ step: { phase } }: IdleTask): boolean =>
    phase.type === "scheduled" && phase.at <= longAgo;
  const lost = idle.filter((each) => mayBeLost(each, continuation, isOld));
  const isAbandoned = (each: IdleTask): boolean =>
    (isOld(each) || sent.taskSentAt(each.task.command) !== undefined) &&
    (each.task.retryAt ?? 0) <= now;
  const abandoned = mayRunTask(continuation) ? lost.find(isAbandoned) : undefined;
  const again = lost.filter(({ task: { command } }) => {
    const last = sent.taskSentAt(command);
    return last === undefined || hasPassed(clock, last, settings.watchdogMs);
  });
  if (again.length > 0) {
    await scheduler.send(again.map(({ task }) => messageFor(key.runId, task, now)));
  }
  sent.addTasks(commandsOf(again), new Set(commandsOf(idle)), now);
  return abandoned?.task.command;
}

/**
 * Whether the message of a task may have been lost with an earlier delivery of this continuation. The
 * message of another task answers for what that task's end scheduled, the sweep for what had time
 * enough, and a look at the run for everything.
 */
function mayBeLost(
  each: IdleTask,
  { task, sweep }: Continuation,
  isOld: (each: IdleTask) => boolean,
): boolean {
  if (task === undefined) return !sweep || isOld(each);
  const { phase } = each.step;
  return phase.type === "scheduled" && phase.after.includes(task);
}

function commandsOf(tasks: readonly IdleTask[]): number[] {
  return tasks.map(({ task }) => task.command);
}

/** A message that names something has a duty of its own, and may be dropped when that is done. */
function mayRunTask({ task, claim }: Continuation): boolean {
  return task === undefined && claim === undefined;
}

function messageFor(runId: string, { command, retryAt }: Task, now: number): Message {
  const message = { continuation: { runId, task: command } };
  return retryAt === undefined ? message : later(message, retryAt, now);
}
