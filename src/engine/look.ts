/**
 * What one invocation does with one continuation: bring the log up to what has happened, run at
 * most one step, and make sure that the next invocation happens.
 *
 * L1. It returns only when whatever has to happen next is arranged: a message was sent, or somebody
 *     holds an unacknowledged one, or the sweep will look at the run.
 * L2. It says "nothing to do" only of a log that it has read or appended to.
 */
import type { Next } from "../core/decide.ts";
import type { LogEvent } from "../core/events.ts";
import { openTasks } from "../core/run-state.ts";
import { commit, type NewsSource } from "./commit.ts";
import { keepHead } from "./keep-head.ts";
import { messagesFor, messagesForWait } from "./messages.ts";
import type { Parts } from "./parts.ts";
import type { TurnLimits } from "./plan.ts";
import { reportProblem } from "./problem.ts";
import { runLogged } from "./run-logged.ts";
import type { Session } from "./session.ts";
import { examineTasks } from "./tasks.ts";

const NO_NEWS: NewsSource = () => [];

/**
 * @param first news that this turn already has.
 * @param named the claim whose end the continuation waited for.
 */
export async function look(
  parts: Parts,
  session: Session,
  leaseMs: TurnLimits["leaseMs"],
  { first = NO_NEWS, named }: { first?: NewsSource; named?: string | undefined } = {},
): Promise<void> {
  let news = first;
  let mayRun = true;
  /** A delivery that finished something need not ask what became of everything else. */
  let idle = first === NO_NEWS;
  await session.exclusive(async () => {
    session.current = false;
  });
  for (;;) {
    const limits = { mayRun, leaseMs };
    const { events, next } = await session.exclusive(() => commit(parts, session, news, limits));
    news = NO_NEWS;
    const sent = await follow(parts, session, events, next);
    switch (next.type) {
      case "ended":
        return parts.sessions.drop(session.key.runId, session);
      case "problem":
        if (await isOutOfDate(session)) break;
        return await reportProblem(parts, session, next.error);
      case "replay":
        break;
      case "run":
        news = await runLogged(parts, session, next, limits);
        mayRun = false;
        idle = false;
        break;
      case "continue":
        return await parts.scheduler.send([{ continuation: { runId: session.key.runId } }]);
      case "tasks":
        return;
      case "wait": {
        if (await isOutOfDate(session)) break;
        if (idle && !sent) await arrange(parts, session, next, named);
        if (!idle || openTasks(session.state).length === 0) return;
        idle = false;
        news = await examineTasks(parts, session);
        break;
      }
    }
  }
}

/** Reads what is new, unless this turn has read or appended already (L2). */
async function isOutOfDate(session: Session): Promise<boolean> {
  if (session.current) return false;
  return await session.exclusive(() => session.catchUp());
}

/** Does what an entry calls for beside the log. @returns whether a message was sent. */
async function follow(
  parts: Parts,
  session: Session,
  events: readonly LogEvent[],
  next: Next,
): Promise<boolean> {
  if (next.type === "ended" || next.type === "problem") return false;
  const { clock, scheduler } = parts;
  const messages = messagesFor(session.key.runId, events, clock.now());
  if (messages.length > 0) await scheduler.send(messages);
  if (events.length > 0 || next.type === "wait") await keepHead(parts, session, events, next);
  return messages.length > 0;
}

/** Makes sure that somebody looks again when the wait is over. */
async function arrange(
  { clock, scheduler }: Parts,
  session: Session,
  wait: Extract<Next, { type: "wait" }>,
  named: string | undefined,
): Promise<void> {
  // What executes here has a turn of its own, which holds its message.
  const { claim, ...timer } = wait;
  const others = claim && session.attempts.has(claim.command) ? timer : wait;
  const messages = messagesForWait(session.key.runId, others, named, clock.now());
  if (messages.length > 0) await scheduler.send(messages);
}
