/**
 * What to append next: the news of this turn, and everything that follows from it without anybody
 * acting, so that the last completion, the delivery and the end can share one entry.
 *
 * The code is shown these events before they are in the log. That is safe because an execution
 * which is ahead of the log is thrown away unless exactly these events are appended (E1).
 */
import { ENTRY_BYTES, USUAL_EVENTS } from "../../core/bounds.ts";
import { atDeadline, whenFarTooLong } from "../../core/decide/deadline.ts";
import { decide } from "../../core/decide/decide.ts";
import type { Decision, Next } from "../../core/decide/decision.ts";
import { DetentError } from "../../core/errors.ts";
import { EVENTS_PER_ENTRY, isLast, type LogEvent } from "../../core/events.ts";
import { applyAll } from "../../core/fold.ts";
import { byOwnClock, type OwnClock } from "../../core/own-clock.ts";
import { deadlineOf, type RunState } from "../../core/run-state.ts";
import type { Situation } from "../../core/situation.ts";
import { sizeOf } from "../../core/value.ts";
import { nextTimer, type Wait } from "../../core/wait.ts";
import { fitsInTransaction } from "../../ports/limits.ts";
import { generationOf } from "../replay/generation-key.ts";
import { ownClock } from "../session/own-clock.ts";
import type { Session } from "../session/session.ts";

export interface Plan {
  events: LogEvent[];
  at: number;
  state: RunState;
  next: Next;
  /** When time alone calls for the next turn of the run as it will stand then. */
  timer: number | undefined;
  /** Whether some of the news did not fit: they are for the entry after this one. */
  cut: boolean;
}

/** What did not fit is decided again for the next entry. */
const AGAIN: Next = { type: "replay" };

/** What a turn knows and may do, beside what its log says. */
export type TurnLimits = Pick<Situation, "mayRun" | "leaseMs" | "deadTasks">;

/** @param news what this turn found out, such as the end of an attempt. */
export async function plan(
  session: Session,
  news: readonly LogEvent[],
  limits: TurnLimits,
): Promise<Plan> {
  const situation = situate(session, limits);
  const draft = new Draft(session, situation);
  if (!(await draft.add(news))) return { ...draft.planned(AGAIN), cut: true };
  const early = withoutReplay(draft.state, situation);
  if (early) return draft.note(early.events) ? draft.planned(early.next) : draft.planned(AGAIN);
  for (;;) {
    const { events, next } = await decideNow(session, draft.state, situation);
    if (!(await draft.add(events))) return draft.planned(AGAIN);
    if (next.type !== "replay") return draft.planned(next);
  }
}

/** What needs no code: a run that is over, has run out of grace or of room, or is not to start now. */
function withoutReplay(state: RunState, situation: Situation): Decision | undefined {
  if (state.ended) return { events: [], next: { type: "ended" } };
  const start = startOf(state, situation);
  if (start) return { events: [], next: start };
  return atDeadline(state, situation) ?? whenFarTooLong(state, situation);
}

/** How a run waits whose code may not begin now: for its time, or until it is resumed. */
function startOf(state: RunState, { now, maxDurationMs }: Situation): Wait | undefined {
  const { begun, pause, startAt = now } = state;
  const deadline = deadlineOf(state, maxDurationMs);
  if (begun || (deadline !== undefined && now >= deadline)) return undefined;
  if (pause) return { type: "wait", until: deadline, busy: false, asks: true };
  return now < startAt ? { type: "wait", until: startAt, busy: false } : undefined;
}

async function decideNow(session: Session, state: RunState, situation: Judged): Promise<Decision> {
  try {
    const outcome = await session.outcome();
    const successor = await session.nextGeneration.prepare(outcome, state);
    return decide(byOwnClock(state, situation), outcome, { ...situation, successor });
  } catch (error) {
    if (error instanceof DetentError) return { events: [], next: { type: "problem", error } };
    throw error;
  }
}

type Judged = Situation & OwnClock;

function situate(session: Session, limits: TurnLimits): Judged {
  const { settings, newId, registry } = session.services;
  const { workflow, version } = session.state;
  const clock = ownClock(session.services, session.key);
  const { now: own } = clock;
  const at = Math.max(own, session.state.at);
  const found = registry.find(workflow, version);
  return {
    ...limits,
    ...clock,
    now: at - own > settings.skewMs ? own : at,
    at,
    newClaim: newId,
    gracePeriodMs: settings.gracePeriodMs,
    maxDurationMs: found?.maxDurationMs,
    eventLimit: found?.eventLimit ?? USUAL_EVENTS,
    births: session.births.found,
    generation: generationOf(session.head),
  };
}

/** The entry as it grows: cut where it gets too long. */
class Draft {
  state: RunState;
  readonly #session: Session;
  readonly #situation: Judged;
  readonly #events: LogEvent[] = [];
  /** The starts of the children that begin with it, in bytes. */
  readonly #births: number[] = [];
  #bytes = 0;

  constructor(session: Session, situation: Judged) {
    this.#session = session;
    this.#situation = situation;
    this.state = session.state;
  }

  /** Shows the events to the code as far as they fit. @returns whether all did. */
  async add(events: readonly LogEvent[]): Promise<boolean> {
    const fitting = this.#fitting(events);
    if (fitting.length > 0) {
      await this.#session.foresee(fitting, this.#situation.at);
      this.#take(fitting);
    }
    return fitting.length === events.length;
  }

  /** The same of events that the code need not see, all or none. */
  note(events: readonly LogEvent[]): boolean {
    const fits = this.#hasRoomFor(events);
    if (fits) this.#take(events);
    return fits;
  }

  #take(events: readonly LogEvent[]): void {
    this.#events.push(...events);
    this.#births.push(...this.#birthsIn(events));
    this.state = applyAll(this.state, events, this.#situation.at);
  }

  planned(next: Next): Plan {
    const { at } = this.#situation;
    const timer = nextTimer(byOwnClock(this.state, this.#situation), this.#situation);
    return { events: this.#events, at, state: this.state, next, timer, cut: false };
  }

  /** What ends the log goes into one entry, whole. */
  #fitting(events: readonly LogEvent[]): readonly LogEvent[] {
    if (endsLog(events)) return this.#hasRoomFor(events) ? events : [];
    const fitting: LogEvent[] = [];
    for (const event of events) {
      const bytes = sizeOf(event);
      const first = this.#events.length + fitting.length === 0;
      if (!first && this.#bytes + bytes > ENTRY_BYTES) break;
      if (!this.#canBear([...fitting, event])) break;
      if (this.#events.length + fitting.length >= EVENTS_PER_ENTRY - 1) break;
      this.#bytes += bytes;
      fitting.push(event);
    }
    return fitting;
  }

  #birthsIn(events: readonly LogEvent[]): number[] {
    return events.flatMap((event) =>
      event.type === "child.started" ? this.#session.births.bytesOf(event.command) : [],
    );
  }

  /** Whether the children of these events fit into one transaction with those that there are. */
  #canBear(events: readonly LogEvent[]): boolean {
    const births = this.#birthsIn(events.slice(-1));
    return births.length === 0 || fitsInTransaction([...this.#births, ...this.#birthsIn(events)]);
  }

  /** Those that end the log, which nothing begins with. */
  #hasRoomFor(events: readonly LogEvent[]): boolean {
    if (this.#births.length > 0) return false;
    if (this.#events.length === 0) return true;
    const bytes = events.reduce((sum, event) => sum + sizeOf(event), this.#bytes);
    return bytes <= ENTRY_BYTES && this.#events.length + events.length < EVENTS_PER_ENTRY;
  }
}

export function endsLog(events: readonly LogEvent[]): boolean {
  return events.some(isLast);
}
