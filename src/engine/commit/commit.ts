/**
 * The only code that appends: at the tail; if somebody was faster, it reads and decides again.
 *
 * It owns nothing between two calls: what is known of the run is the session's, what a turn found out is
 * the turn's. News come in as a function of the state, since they are asked for again after each lost race;
 * the entry, with what it changes in the head, goes out to the store through `session.append`, and its
 * meaning to observers and to those who wait for the end. What must happen next is answered, and the
 * caller's to arrange.
 */
import { backoffMs, type Growth, jittered } from "../../core/backoff.ts";
import type { Next } from "../../core/decide/decision.ts";
import { ContentionError } from "../../core/errors.ts";
import type { LogEvent } from "../../core/events.ts";
import { applyAll } from "../../core/fold.ts";
import type { RunState } from "../../core/run-state.ts";
import { stopsAtEnd } from "../../core/stops.ts";
import { pause } from "../../ports/clock.ts";
import type { HeadChange, RunHead } from "../../ports/store.ts";
import type { Services } from "../services.ts";
import type { Session } from "../session/session.ts";
import { clearAtEnd } from "./clear-rows.ts";
import { endMarkOf, tellParent } from "./end-mark.ts";
import { changeWith, type WrittenEntry, wakes } from "./head-update.ts";
import { changeToNext, nextLogOf } from "./next-log.ts";
import { endsLog, type Plan, plan, type TurnLimits } from "./plan.ts";
import { warnAuthor } from "./warn-author.ts";

/** What a turn found out. */
export interface News {
  /** As events that fit the log as it stands by now. Only reads: it is asked again after each lost race. */
  eventsFor(state: RunState): LogEvent[];
  /** What is done between a lost race and the next try. */
  afterLostRace?(): Promise<void>;
}

export const NO_NEWS: News = { eventsFor: () => [] };

const MOST_TRIES = 50;
const BACKOFF: Growth = { firstMs: 10, longestMs: 200 };

/** What a commit came to, and the run as it stood right after it. */
export interface Committed {
  events: LogEvent[];
  next: Next;
  /** When time alone calls for the next turn. */
  timer: number | undefined;
  /** Whether the news source has more, for another entry. */
  cut: boolean;
  state: RunState;
  head: RunHead;
  /** When it was decided. */
  at: number;
  /** How long before this entry the one before it was written. */
  stillMs: number;
}

/** @throws ContentionError when others were faster again and again. */
export async function commit(session: Session, news: News, limits: TurnLimits): Promise<Committed> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    if (tries > 1) await pause(session.services.clock, jitter(session.services, tries));
    if (tries > 0) await news.afterLostRace?.();
    const planned = await plan(session, news.eventsFor(session.state), limits);
    const { events, next, timer, cut, at } = planned;
    const stillMs = at - session.state.at;
    if (events.length === 0 || (await append(session, planned))) {
      const { state, head } = session;
      return { events, next, timer, cut, state, head, at, stillMs };
    }
  }
  throw new ContentionError(session.key.runId, MOST_TRIES);
}

/**
 * Appends events that follow from the state, without deciding what follows from them.
 * @param backoff where many may write at one time: the longer the pauses, the more of them get through.
 * @returns the events that were appended; none if `source` has none.
 */
export async function commitEvents(
  session: Session,
  source: (state: RunState, now: number) => Promise<LogEvent[]> | LogEvent[],
  backoff = BACKOFF,
): Promise<LogEvent[]> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    if (tries > 1) {
      await pause(session.services.clock, jitter(session.services, tries, backoff));
      // Others went on meanwhile: who writes where the log ended before the pause loses again.
      await session.catchUp();
    }
    const at = Math.max(session.services.clock.now(), session.state.at);
    const events = await source(session.state, at);
    if (events.length === 0) return events;
    if (await append(session, { events, at, state: applyAll(session.state, events, at) })) {
      return events;
    }
  }
  throw new ContentionError(session.key.runId, MOST_TRIES);
}

/**
 * Appends a plan. Before an entry that ends its log, every open task is stopped, so that none starts
 * after it. If the entry then loses the race and the run goes on, those tasks are dead, and what is
 * left of them is scheduled afresh.
 */
async function append(
  session: Session,
  { events, at, state }: Pick<Plan, "events" | "at" | "state">,
): Promise<boolean> {
  const ends = endsLog(events);
  if (ends) await session.tasks.stop(session.state.open.tasks());
  const next = state.continued && nextLogOf(session, { events, at, state });
  const change = await headChange(session, { events, at, state });
  const before = session.state;
  const dueAt = rowDueAt(session, events);
  const births = session.births.headsFor(events, session.head, at);
  const endMark = state.ended
    ? endMarkOf(session.services, session.head, { events, at, state })
    : undefined;
  if (!(await session.append(events, at, { change, dueAt, births, endMark, next }))) {
    session.services.observing.happened(session.head, { type: "append.conflict" });
    return false;
  }
  const { observing } = session.services;
  observing.appended(session.head, { before, events, at });
  for (const birth of births) observing.happened(birth, { type: "run.started" });
  warnAuthor(session.services, session.head, { before, events });
  if (ends) {
    if (state.ended) session.services.waiters.tell(session.head);
    await clearAtEnd(session, before.position);
    if (state.ended) await tellParent(session.services, session.head);
  }
  return true;
}

/**
 * When an entry is due by itself, if nobody sees until then to what follows from it: news from outside, or
 * the end of a run that has children to stop.
 */
function rowDueAt(
  { services, state, key }: Session,
  events: readonly LogEvent[],
): number | undefined {
  const { clock, settings } = services;
  const isDue = endsLog(events)
    ? stopsAtEnd(state, events, key.runId).length > 0
    : wakes(events) && !asksToStop(events);
  return isDue ? clock.now() + settings.watchdogMs : undefined;
}

/** Then the head itself is due. */
function asksToStop(events: readonly LogEvent[]): boolean {
  return events.some(({ type }) => type === "cancellation.requested");
}

/** What an entry changes in the head: as it stands, if others may have changed it. */
async function headChange(session: Session, entry: WrittenEntry): Promise<HeadChange | undefined> {
  const { services } = session;
  const changeNow = (): HeadChange | undefined =>
    entry.state.continued
      ? changeToNext(services, session.head, entry.state)
      : changeWith(session.head, entry, services.store.retentionMs);
  const change = changeNow();
  return change && (await session.knownHead.settle()) ? changeNow() : change;
}

/** No task that is unshielded begins from here on. */
export async function stopUnshielded({ tasks, state }: Session): Promise<void> {
  await tasks.stop([...state.open.unshielded.tasks()]);
}

function jitter({ random }: Services, tries: number, backoff = BACKOFF): number {
  return jittered(backoffMs(backoff, tries), random());
}
