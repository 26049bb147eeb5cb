/** The only code that appends: at the tail; if somebody was faster, it reads and decides again. */
import { backoffMs, jittered } from "../../core/backoff.ts";
import type { Next } from "../../core/decide/decision.ts";
import { ContentionError } from "../../core/errors.ts";
import type { LogEvent } from "../../core/events.ts";
import { applyAll } from "../../core/fold.ts";
import type { RunState } from "../../core/run-state.ts";
import { pause } from "../../ports/clock.ts";
import type { HeadChange, RunHead } from "../../ports/store.ts";
import type { Parts } from "../services.ts";
import type { Session } from "../session/session.ts";
import { changeWith } from "./head-update.ts";
import { endsRun, type Plan, plan, type TurnLimits } from "./plan.ts";
import { warnAuthor } from "./warn-author.ts";

/** What a turn found out, as events that fit the log as it now stands. */
export type NewsSource = (state: RunState, tries: number) => Promise<LogEvent[]> | LogEvent[];

const MOST_TRIES = 50;
const BACKOFF = { firstMs: 10, longestMs: 200 };

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
export async function commit(
  parts: Parts,
  session: Session,
  news: NewsSource,
  limits: TurnLimits,
): Promise<Committed> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    if (tries > 1) await pause(parts.clock, jitter(parts, tries));
    const planned = await plan(parts, session, await news(session.state, tries), limits);
    const { events, next, timer, cut, at } = planned;
    const stillMs = at - session.state.at;
    if (events.length === 0 || (await append(parts, session, planned))) {
      const { state, head } = session;
      return { events, next, timer, cut, state, head, at, stillMs };
    }
  }
  throw new ContentionError(session.key.runId, MOST_TRIES);
}

/**
 * Appends events that follow from the state, without deciding what follows from them.
 * @returns the events that were appended; none if `source` has none.
 */
export async function commitEvents(
  parts: Parts,
  session: Session,
  source: (state: RunState, now: number) => Promise<LogEvent[]> | LogEvent[],
): Promise<LogEvent[]> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    if (tries > 1) await pause(parts.clock, jitter(parts, tries));
    const at = Math.max(parts.clock.now(), session.state.at);
    const events = await source(session.state, at);
    if (events.length === 0) return events;
    if (await append(parts, session, { events, at, state: applyAll(session.state, events, at) })) {
      return events;
    }
  }
  throw new ContentionError(session.key.runId, MOST_TRIES);
}

/**
 * Appends a plan. Before an entry that ends its run, every open task is stopped, so that none starts
 * after it. If the entry then loses the race and the run goes on, those tasks are dead, and what is
 * left of them is claimed in the log.
 */
async function append(
  parts: Parts,
  session: Session,
  { events, at, state }: Pick<Plan, "events" | "at" | "state">,
): Promise<boolean> {
  const ends = endsRun(events);
  const tasks = ends ? session.state.open.tasks().map(({ command }) => command) : [];
  await stopTasks(parts, session, tasks);
  const change = await headChange(parts, session, { events, at, state });
  const before = session.state;
  if (!(await session.append(events, at, change))) {
    parts.observing.happened(session.head, { type: "append.conflict" });
    return false;
  }
  parts.observing.appended(session.head, { before, events, at });
  warnAuthor(parts, session.head, { before, events });
  if (ends) parts.waiters.tell(session.head);
  return true;
}

/** What an entry changes in the head: as it stands, if others may have changed it. */
async function headChange(
  { store: { retentionMs } }: Parts,
  session: Session,
  { events, at, state }: Pick<Plan, "events" | "at" | "state">,
): Promise<HeadChange | undefined> {
  const change = changeWith(session.head, state, events, at, retentionMs);
  if (!change || !(await session.knownHead.settle())) return change;
  return changeWith(session.head, state, events, at, retentionMs);
}

export async function stopTasks(parts: Parts, session: Session, commands: number[]): Promise<void> {
  if (commands.length > 0) await parts.store.tasks.stop(session.key, commands);
}

/** Nothing unshielded starts from here on. */
export async function stopUnshielded(parts: Parts, session: Session): Promise<void> {
  const tasks = [...session.state.open.unshielded.tasks()];
  await stopTasks(
    parts,
    session,
    tasks.map(({ command }) => command),
  );
}

function jitter({ random }: Parts, tries: number): number {
  return jittered(backoffMs(BACKOFF, tries), random());
}
