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

import { hasChildren } from "../../core/child-end.ts";
import { DetentError, WorkflowNotFoundError } from "../../core/errors.ts";
import type { MayRun } from "../../core/situation.ts";
import type { Task } from "../../core/task.ts";
import { nextRound } from "../../platform/event-loop.ts";
import type { Continuation } from "../../ports/scheduler.ts";
import { clearMarksAtEnd } from "../commit/clear-rows.ts";
import { type Committed, commit, type News, NO_NEWS } from "../commit/commit.ts";
import type { TurnLimits } from "../commit/plan.ts";
import { recordProblem } from "../commit/record-problem.ts";
import { resetResends } from "../commit/write-head.ts";
import { handOn } from "../continuations/hand-on.ts";
import { sendStartsAgain } from "../continuations/resend-starts.ts";
import type { TurnOptions } from "../engine.ts";
import type { Session } from "../session/session.ts";
import type { Worker } from "../session/worker.ts";
import { runLogged } from "../steps/run-in-log.ts";
import { askChildren } from "../stopping/ask-children.ts";
import { stopFamily } from "../stopping/closing-duties.ts";
import { FoundEnds } from "./collect-ends.ts";
import { examineTasks } from "./collect-tasks.ts";
import { followUp, isRest, isRevival, isWatched } from "./follow-up.ts";

/** Commits of one turn, until everything else in the process has its turn. */
const MOST_AT_A_STRETCH = 16;

export interface Delivery {
  worker: Worker;
  continuation: Continuation;
  leaseMs: TurnLimits["leaseMs"];
  options: Pick<TurnOptions, "handBack" | "dueAt" | "remainingMs">;
}

/** A task that has ended: in this very delivery (`own`), or before it. */
export interface Finished {
  news: News;
  own: boolean;
}

/** What is left when a turn is over: a task that nobody else runs, for this delivery to run. */
interface Over {
  abandoned?: number | undefined;
}

/**
 * @param finished what the delivery has brought about before.
 * @returns a task that nobody else runs, for this delivery to run.
 */
export async function advance(
  session: Session,
  delivery: Delivery,
  finished?: Finished,
): Promise<number | undefined> {
  return await new Turn(session, delivery, finished).advance();
}

/** One such turn: what it was sent for, what it did, and what it found out that no log says. */
class Turn {
  readonly #session: Session;
  readonly #delivery: Delivery;
  readonly #finished: Finished | undefined;
  /** What the next entry is to tell. */
  #news: News;
  /** Tasks that can never be claimed again and that nobody executes, by their numbers. */
  #deadTasks: ReadonlyMap<number, Task> = new Map();
  #abandoned: number | undefined;
  /** Where the log ended when this turn first knew all of it. */
  #seen = Number.POSITIVE_INFINITY;
  /** How often all of the log was known when this turn last doubted that it is. */
  #doubtedAt = 0;
  #revived = false;
  /** It ran a step that was claimed in the log. */
  #ran = false;
  /** It claimed a step too late to begin with it. */
  #gaveUp = false;
  #examined = false;
  /** What was found of children that have ended, once somebody looked. */
  #ends: FoundEnds | undefined;

  constructor(session: Session, delivery: Delivery, finished: Finished | undefined) {
    this.#session = session;
    this.#delivery = delivery;
    this.#finished = finished;
    this.#news = finished?.news ?? NO_NEWS;
  }

  async advance(): Promise<number | undefined> {
    const session = this.#session;
    const { continuation, leaseMs } = this.#delivery;
    await this.#doubtCurrency();
    // The head may say more than is known here, such as a problem that another process had.
    if (continuation.sweep) await session.knownHead.read();
    if (continuation.child !== undefined && (await this.#isReplayable())) await this.#collectEnds();
    for (let round = 1; ; round += 1) {
      // Inline steps on a store in memory await nothing but promises.
      if (round % MOST_AT_A_STRETCH === 0) await nextRound();
      const limits = { mayRun: this.#mayRun(), leaseMs, deadTasks: this.#deadTasks };
      const committed = await session.exclusive(() => commit(session, this.#news, limits));
      this.#revived ||= isRevival(session, committed, continuation);
      if (this.#wasForestalled(committed)) return undefined;
      await this.#ends?.settle(session, committed);
      if (!committed.cut) this.#news = NO_NEWS;
      if (isRest(committed.next) && (await this.#isOutOfDate())) continue;
      const over = await this.#goOn(committed);
      if (over) return over.abandoned;
    }
  }

  /** TU3: another has absorbed what this delivery finished, and sees to the rest. */
  #wasForestalled({ events }: Committed): boolean {
    const finished = this.#finished;
    return finished?.own === true && this.#news === finished.news && events.length === 0;
  }

  /** Does what follows from an entry. @returns what is left, if the turn is over. */
  async #goOn(committed: Committed): Promise<Over | undefined> {
    const session = this.#session;
    const { events, next, state } = committed;
    this.#seen = Math.min(this.#seen, state.position - (events.length > 0 ? 1 : 0));
    await askChildren(this.#delivery.worker, session);
    await followUp(session, committed, this.#isFirst() ? this.#delivery.continuation : undefined);
    if (this.#revived && isWatched(next)) await resetResends(session, committed);
    switch (next.type) {
      case "ended":
        session.retired = true;
        await clearMarksAtEnd(session);
        await stopFamily(this.#delivery.worker, session);
        return {};
      case "continued":
        // The message that this turn holds is acknowledged only after the next one was sent (TU1).
        session.retired = true;
        await session.services.scheduler.send([{ continuation: { runId: session.key.runId } }]);
        return {};
      case "problem":
        await this.#meetProblem(committed, next.error);
        return {};
      case "replay":
        return undefined;
      case "run":
        await this.#run(next);
        return undefined;
      case "continue":
        await session.services.scheduler.send([{ continuation: { runId: session.key.runId } }]);
        return {};
      case "tasks":
      case "wait":
        return await this.#examine();
    }
  }

  async #meetProblem(
    committed: Committed,
    error: Extract<Committed["next"], { type: "problem" }>["error"],
  ): Promise<void> {
    const { continuation, options } = this.#delivery;
    const { handBack, dueAt } = options;
    const { state } = committed;
    if (error instanceof WorkflowNotFoundError) {
      const unknown = { handBack, dueAt, continuation, state, error };
      if (await handOn(this.#session.services, unknown)) return;
    }
    await recordProblem(this.#session, committed, error);
  }

  async #run(run: Extract<Committed["next"], { type: "run" }>): Promise<void> {
    const { leaseMs, options } = this.#delivery;
    const { remainingMs } = options;
    const ended = await runLogged(this.#session, run, { leaseMs, remainingMs });
    this.#news = ended ?? NO_NEWS;
    if (ended) {
      this.#ran = true;
      return;
    }
    // What never began is left as it is found by the first who comes, who sees to its claim's end.
    this.#gaveUp = true;
    // Something has told that its claim is lost, and so that the log says more than is known here.
    await this.#doubtCurrency();
  }

  async #examine(): Promise<Over | undefined> {
    // TU3: who has finished something leaves the rest to those who hold it.
    if (!this.#isFirst()) return { abandoned: this.#abandoned };
    await sendStartsAgain(this.#session, this.#delivery.continuation);
    if (hasChildren(this.#session.state) && this.#ends?.more !== false) {
      if ((await this.#collectEnds()).hasNews) return undefined;
    }
    // What was scheduled since has a message of whoever did that, or will have.
    const others = this.#session.state.open
      .tasks()
      .filter(({ phase }) => phase.type === "scheduled" && phase.position < this.#seen);
    if (others.length === 0) return {};
    this.#examined = true;
    const found = await examineTasks(this.#session, others, this.#delivery.continuation);
    this.#news = found.news;
    this.#abandoned = found.abandoned;
    this.#deadTasks = found.dead;
    return undefined;
  }

  /** A turn that cannot be done appends nothing. */
  async #isReplayable(): Promise<boolean> {
    const session = this.#session;
    return await session.exclusive(async () => {
      try {
        return (await session.outcome()).fault === undefined;
      } catch (error) {
        if (error instanceof DetentError) return false;
        throw error;
      }
    });
  }

  async #collectEnds(): Promise<FoundEnds> {
    const ends = await FoundEnds.read(this.#session);
    this.#ends = ends;
    this.#news = ends;
    return ends;
  }

  /** Whether the delivery has found everything as it is, and done nothing about it. */
  #isFirst(): boolean {
    return !(this.#finished?.own || this.#ran || this.#examined);
  }

  /**
   * One step a turn, and those that go with it. None under a message that names a claim: whoever holds
   * a claim in the log has a message that names none, and one that does may be dropped as soon as
   * another claim is live.
   */
  #mayRun(): MayRun {
    if (this.#delivery.continuation.claim !== undefined || this.#gaveUp) return "none";
    return this.#finished?.own || this.#ran ? "inline" : "any";
  }

  /** From here on, what is known counts as out of date until it is read or appended to. */
  async #doubtCurrency(): Promise<void> {
    // In its turn, so that no call which is under way now says otherwise afterwards.
    await this.#session.exclusive(async () => {
      this.#doubtedAt = this.#session.timesKnown;
    });
  }

  /** Reads what is new, unless this turn has read or appended already (TU2). @returns whether there was. */
  async #isOutOfDate(): Promise<boolean> {
    const session = this.#session;
    if (session.timesKnown > this.#doubtedAt) return false;
    return await session.exclusive(() => session.catchUp());
  }
}
