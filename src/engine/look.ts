/**
 * What one invocation does with one continuation: bring the log up to what has happened, run at
 * most one step, and make sure that the next invocation happens.
 *
 * L1. It returns only when whatever has to happen next is arranged: a message was sent, or somebody
 *     holds an unacknowledged one, or the sweep will look at the run.
 * L2. It says "nothing to do" only of a log that it has read or appended to.
 * L3. A delivery that finished nothing itself decides from the log and the task items as if it were
 *     the first. One that finished something leaves the rest to those who hold it.
 */
import type { Next } from "../core/decide.ts";
import { openTasks } from "../core/run-state.ts";
import type { Continuation } from "../ports/scheduler.ts";
import { type Committed, commit, type NewsSource } from "./commit.ts";
import { keepHead } from "./keep-head.ts";
import { messagesFor, messagesForWait } from "./messages.ts";
import type { Parts } from "./parts.ts";
import type { TurnLimits } from "./plan.ts";
import { reportProblem } from "./problem.ts";
import { runLogged } from "./run-logged.ts";
import type { Session } from "./session.ts";
import { examineTasks } from "./tasks.ts";

const NO_NEWS: NewsSource = () => [];

export interface Delivery {
  continuation: Continuation;
  leaseMs: TurnLimits["leaseMs"];
}

/** @param finished the news of what this delivery finished before. */
export async function look(
  parts: Parts,
  session: Session,
  { continuation, leaseMs }: Delivery,
  finished?: NewsSource,
): Promise<void> {
  let news = finished ?? NO_NEWS;
  let mayRun = true;
  let idle = finished === undefined;
  await session.exclusive(async () => {
    session.current = false;
  });
  for (;;) {
    const limits = { mayRun, leaseMs };
    const committed = await session.exclusive(() => commit(parts, session, news, limits));
    const { next } = committed;
    if (!committed.cut) news = NO_NEWS;
    const sent = await follow(parts, session, committed);
    switch (next.type) {
      case "ended":
        return parts.sessions.drop(session.key.runId, session);
      case "problem":
        if (await isOutOfDate(session)) break;
        return await reportProblem(parts, session, committed, next.error);
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
        if (!idle) return;
        if (!sent) await arrange(parts, session, next, continuation);
        if (openTasks(session.state).length === 0) return;
        idle = false;
        news = await examineTasks(parts, session, continuation);
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
async function follow(parts: Parts, session: Session, committed: Committed): Promise<boolean> {
  const { events, next } = committed;
  if (next.type === "ended" || next.type === "problem") return false;
  const messages = messagesFor(session.key.runId, events, parts.clock.now());
  if (messages.length > 0) await parts.scheduler.send(messages);
  if (events.length > 0 || next.type === "wait") await keepHead(parts, session, committed);
  return messages.length > 0;
}

/** Makes sure that somebody looks again when the wait is over. */
async function arrange(
  { clock, scheduler }: Parts,
  session: Session,
  wait: Extract<Next, { type: "wait" }>,
  continuation: Continuation,
): Promise<void> {
  // What executes here has a turn of its own, which holds its message.
  const { claim, ...timer } = wait;
  const others = claim && session.attempts.has(claim.command) ? timer : wait;
  const messages = messagesForWait(session.key.runId, others, continuation, clock.now());
  if (messages.length > 0) await scheduler.send(messages);
}
