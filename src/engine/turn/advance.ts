/**
 * What one invocation does with one continuation: bring the log up to what has happened, run at
 * most one step, and make sure that the next invocation happens.
 *
 * TU1. It returns only when whatever has to happen next is arranged: a message was sent, or somebody
 *      holds an unacknowledged one, or the sweep will look at the run.
 * TU2. It leaves a run to others only on the word of a log that it has read or appended to.
 * TU3. A delivery that finished nothing itself decides from the log and the task items as if it were
 *      the first. One that finished something leaves the rest to those who hold it.
 */
import type { Next } from "../../core/decide/decision.ts";
import { WorkflowNotFoundError } from "../../core/errors.ts";
import type { MayRun } from "../../core/situation.ts";
import type { Task } from "../../core/task.ts";
import { nextRound } from "../../ports/event-loop.ts";
import { loggedError } from "../../ports/logged-error.ts";
import type { Continuation } from "../../ports/scheduler.ts";
import { type Committed, commit, type NewsSource, stopUnshielded } from "../commit/commit.ts";
import type { TurnLimits } from "../commit/plan.ts";
import { recordProblem } from "../commit/record-problem.ts";
import { keepHead, resetResends } from "../commit/write-head.ts";
import { armTimer } from "../continuations/arm-timer.ts";
import { handOn } from "../continuations/hand-on.ts";
import { messagesFor } from "../continuations/messages.ts";
import { watchClaims } from "../continuations/watch-claims.ts";
import type { TurnOptions } from "../engine.ts";
import type { EngineParts } from "../session/engine-parts.ts";
import type { Session } from "../session/session.ts";
import { runLogged } from "../steps/run-in-log.ts";
import { examineTasks } from "./collect-tasks.ts";

const NO_NEWS: NewsSource = () => [];
/** Commits of one turn, until everything else in the process has its turn. */
const MOST_AT_A_STRETCH = 16;

export interface Delivery {
  continuation: Continuation;
  leaseMs: TurnLimits["leaseMs"];
  options: Pick<TurnOptions, "handBack" | "dueAt" | "remainingMs">;
}

/**
 * @param finished the news of a task that has ended, in this very delivery (`own`) or before it.
 * @returns a task that nobody else runs, for this delivery to run.
 */
export async function look(
  parts: EngineParts,
  session: Session,
  { continuation, leaseMs, options }: Delivery,
  finished?: { news: NewsSource; own: boolean },
): Promise<number | undefined> {
  const { remainingMs, ...rest } = options;
  let news = finished?.news ?? NO_NEWS;
  let abandoned: number | undefined;
  let deadTasks: ReadonlyMap<number, Task> = new Map();
  const did: Did = { finish: finished?.own ?? false, run: false, giveUp: false, examine: false };
  /** Where the log ended when this turn first knew all of it. */
  let seen = Number.POSITIVE_INFINITY;
  let revived = false;
  await session.doubtCurrency();
  // The head may say more than is known here, such as a problem that another process had.
  if (continuation.sweep) await session.knownHead.read();
  for (let round = 1; ; round += 1) {
    // Inline steps on a store in memory await nothing but promises.
    if (round % MOST_AT_A_STRETCH === 0) await nextRound();
    const limits = { mayRun: mayRun(continuation, did), leaseMs, deadTasks };
    const committed = await session.exclusive(() => commit(parts, session, news, limits));
    const { next } = committed;
    revived ||= isRevival(parts, committed, continuation);
    // TU3: another has absorbed what this delivery finished, and sees to the rest.
    if (finished?.own && news === finished.news && committed.events.length === 0) return undefined;
    if (!committed.cut) news = NO_NEWS;
    if (isRest(next) && (await isOutOfDate(session))) continue;
    seen = Math.min(seen, committed.state.position - (committed.events.length > 0 ? 1 : 0));
    const isFirst = !(did.finish || did.run || did.examine);
    await follow(parts, session, committed, isFirst ? continuation : undefined);
    if (revived && isWatched(next)) await resetResends(parts, session, committed);
    switch (next.type) {
      case "ended":
        parts.sessions.drop(session.key.runId, session);
        return undefined;
      case "problem": {
        const { error } = next;
        const isUnknown = error instanceof WorkflowNotFoundError;
        const unknown = { ...rest, continuation, state: committed.state };
        if (isUnknown && (await handOn(parts, { ...unknown, error }))) return undefined;
        await recordProblem(parts, session, committed, error);
        return undefined;
      }
      case "replay":
        break;
      case "run": {
        const ended = await runLogged(parts, session, next, { leaseMs, remainingMs });
        news = ended ?? NO_NEWS;
        // What never began is left as it is found by the first who comes, who sees to its claim's end.
        if (ended) did.run = true;
        else did.giveUp = true;
        // While the step ran, others may have written: even that its claim is lost.
        await session.doubtCurrency();
        break;
      }
      case "continue":
        await parts.scheduler.send([{ continuation: { runId: session.key.runId } }]);
        return undefined;
      case "tasks":
      case "wait": {
        // TU3: who has finished something leaves the rest to those who hold it.
        if (!isFirst) return abandoned;
        // What was scheduled since has a message of whoever did that, or will have.
        const others = session.state.open
          .tasks()
          .filter(({ phase }) => phase.type === "scheduled" && phase.position < seen);
        if (others.length === 0) return undefined;
        did.examine = true;
        const found = await examineTasks(parts, session, others, continuation);
        ({ news, abandoned, dead: deadTasks } = found);
        break;
      }
    }
  }
}

/** What this delivery has done so far. */
interface Did {
  /** It finished a task. */
  finish: boolean;
  /** It ran a step that was claimed in the log. */
  run: boolean;
  /** It claimed a step too late to begin with it. */
  giveUp: boolean;
  examine: boolean;
}

/**
 * One step a turn, and those that go with it. None under a message that names a claim: then whoever
 * holds a claim in the log has a message that names none, and one that does may be dropped as soon as
 * another claim is live.
 */
function mayRun({ claim }: Continuation, did: Did): MayRun {
  if (claim !== undefined || did.giveUp) return "none";
  return did.finish || did.run ? "inline" : "any";
}

/**
 * Whether a message of the sweep has set a run going again that had stood still. One whose log moves
 * has others that bring it on, however late: it is not to be sent again any sooner for that.
 */
function isRevival(
  { settings }: EngineParts,
  { events, stillMs }: Committed,
  { sweep }: Continuation,
): boolean {
  return sweep === true && events.length > 0 && stillMs >= settings.watchdogMs / 2;
}

/** Whether the sweep is to look after what comes next, and not only a timer. */
function isWatched(next: Next): boolean {
  return next.type === "continue" || next.type === "tasks" || (next.type === "wait" && next.busy);
}

/** Whether this turn does nothing more. */
function isRest({ type }: Next): boolean {
  return type === "wait" || type === "problem" || type === "continue";
}

/** Reads what is new, unless this turn has read or appended already (TU2). @returns whether there was. */
async function isOutOfDate(session: Session): Promise<boolean> {
  if (session.current) return false;
  return await session.exclusive(() => session.catchUp());
}

/**
 * Does what an entry calls for beside the log.
 * @param continuation what is delivered, if this delivery has finished nothing itself.
 */
async function follow(
  parts: EngineParts,
  session: Session,
  committed: Committed,
  continuation: Continuation | undefined,
): Promise<void> {
  const { events, next } = committed;
  if (next.type === "ended" || next.type === "problem") return;
  try {
    if (events.some(({ type }) => type === "cancellation.requested")) {
      await stopUnshielded(parts, session);
    }
    const messages = messagesFor(session.key.runId, events);
    if (messages.length > 0) await parts.scheduler.send(messages);
    if (continuation && next.type !== "replay") {
      await watchClaims(parts, session, committed, continuation);
    }
    // Another turn comes at once, and sees to the timers then.
    if (next.type !== "continue" && next.type !== "replay") {
      await armTimer(parts, session, committed, continuation ?? {});
    }
    if (events.length > 0 || next.type === "wait") await keepHead(parts, session, committed);
  } catch (error) {
    // A claimed attempt counts: it is not given up for a timer or a head that can wait for its end.
    if (next.type !== "run") throw error;
    const { runId, workflow } = session.head;
    const { name: step } = next.step;
    parts.logger.warn("Could not follow up on a claim", {
      runId,
      workflow,
      step,
      attempt: next.attempt,
      error: loggedError(error),
    });
  }
}
