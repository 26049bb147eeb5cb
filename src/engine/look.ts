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
import type { MayRun } from "../core/situation.ts";
import { type Continuation, MAX_DELAY_MS } from "../ports/scheduler.ts";
import { type Committed, commit, type NewsSource } from "./commit.ts";
import { keepHead } from "./keep-head.ts";
import { later, messagesFor, soonestTimer, watchOf } from "./messages.ts";
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

/** @param finished the news of a task that has ended, in this very delivery (`own`) or before it. */
export async function look(
  parts: Parts,
  session: Session,
  { continuation, leaseMs }: Delivery,
  finished?: { news: NewsSource; own: boolean },
): Promise<void> {
  let news = finished?.news ?? NO_NEWS;
  const did = { finish: finished?.own ?? false, run: false, examine: false };
  await session.doubtCurrency();
  for (;;) {
    const limits = { mayRun: mayRun(continuation, did), leaseMs };
    const committed = await session.exclusive(() => commit(parts, session, news, limits));
    const { next } = committed;
    if (!committed.cut) news = NO_NEWS;
    await follow(parts, session, committed);
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
        did.run = true;
        // While the step ran, others may have written: even that its claim is lost.
        await session.doubtCurrency();
        break;
      case "continue":
        return await parts.scheduler.send([{ continuation: { runId: session.key.runId } }]);
      case "tasks":
        return;
      case "wait": {
        if (await isOutOfDate(session)) break;
        // L3: who has finished something leaves the rest to those who hold it.
        const first = !(did.finish || did.run || did.examine);
        await arrange(parts, session, next, first ? continuation : undefined);
        if (!first || openTasks(session.state).length === 0) return;
        did.examine = true;
        news = await examineTasks(parts, session, continuation);
        break;
      }
    }
  }
}

/**
 * One step a turn, and those that go with it. None under a message that names a claim: then whoever
 * holds a claim in the log has a message that names none, and one that does may be dropped as soon as
 * another claim is live.
 */
function mayRun({ claim }: Continuation, did: { finish: boolean; run: boolean }): MayRun {
  if (claim !== undefined) return "none";
  return did.finish || did.run ? "inline" : "any";
}

/** Reads what is new, unless this turn has read or appended already (L2). */
async function isOutOfDate(session: Session): Promise<boolean> {
  if (session.current) return false;
  return await session.exclusive(() => session.catchUp());
}

/** Does what an entry calls for beside the log. */
async function follow(parts: Parts, session: Session, committed: Committed): Promise<void> {
  const { events, next } = committed;
  if (next.type === "ended" || next.type === "problem") return;
  try {
    const messages = messagesFor(session.key.runId, events);
    if (messages.length > 0) await parts.scheduler.send(messages);
    const timer = soonestTimer(events);
    if (timer !== undefined) await arm(parts, session, timer);
    if (events.length > 0 || next.type === "wait") await keepHead(parts, session, committed);
  } catch (error) {
    // A claimed attempt counts: it is not given up for a timer or a head that can wait for its end.
    if (next.type !== "run") throw error;
    const { runId } = session.key;
    parts.logger.warn("Could not follow up on a claim", { runId, error: String(error) });
  }
}

/**
 * Makes sure that somebody looks again when the wait is over.
 * @param continuation what is delivered, if this delivery has finished nothing itself.
 */
async function arrange(
  parts: Parts,
  session: Session,
  { until, claim }: Extract<Next, { type: "wait" }>,
  continuation: Continuation | undefined,
): Promise<void> {
  if (until !== undefined && (continuation || session.armedFor !== until)) {
    await arm(parts, session, until);
  }
  // What executes here has a turn of its own, which holds its message.
  if (!continuation || !claim || session.attempts.has(claim.command)) return;
  const watch = watchOf(session.key.runId, claim, continuation, parts.clock.now());
  if (watch) await parts.scheduler.send([watch]);
}

/** Sends the message for a timer; what is too far off is the sweep's. */
async function arm({ clock, scheduler }: Parts, session: Session, at: number): Promise<void> {
  const now = clock.now();
  const message = later({ continuation: { runId: session.key.runId } }, at, now);
  if (at - now <= MAX_DELAY_MS) await scheduler.send([message]);
  session.armedFor = at;
}
