/**
 * What must be true of every log, whatever crashed, came twice, came late or was cancelled: the
 * engine's promises, one function each, checked on the log alone.
 */

import { ENTRY_LIMIT } from "../core/bounds.ts";
import { type CommandEvent, dueAfter, isEventOf, labelIn, roleOf } from "../core/commands/index.ts";
import { type Entry, EVENTS_PER_ENTRY, isUnbegun } from "../core/events.ts";
import { begin, fold } from "../core/fold.ts";
import { sizeOf } from "../core/value.ts";
import type { RunHead } from "../ports/store.ts";
import {
  cancelledOnRequest,
  deliverySettles,
  familyFirst,
  nothingAfterGrace,
  nothingUnshielded,
  oneCancellation,
  quietDelivery,
} from "./cancellation-invariants.ts";
import {
  isTaken,
  misremembered,
  nobodyWaitsBeside,
  numberedMessages,
  receivedInOrder,
} from "./channel-invariants.ts";
import { exchangedUnasked, properGeneration, properSuccession } from "./generation-invariants.ts";
import { disagreements } from "./head-invariants.ts";
import {
  cleanupOf,
  type Findings,
  type History,
  historyOf,
  isOf,
  isSettling,
  nameOf,
  opens,
  type Recorded,
  succession,
} from "./history.ts";
import { lastPause, nothingWhilePaused, properPauses } from "./pause-invariants.ts";

const PROMISES: Readonly<Record<string, (history: History) => Findings>> = {
  "L1: positions are gapless from 0": gaplessPositions,
  "L2: entry 0 starts the run, and nothing else does": oneStart,
  "L3: every entry says something and has an id of its own": distinctEntries,
  "L4: times never go back": forwardTimes,
  "L5: nothing follows the end": nothingAfterTheEnd,
  "L6: at most one request, and at most one delivery after it": oneCancellation,
  "L7: nothing unshielded starts, goes on or is tried again after the request": nothingUnshielded,
  "L8: no claim is live and nothing shielded is open when the cancellation is delivered":
    quietDelivery,
  "L9: the delivery settles every unshielded command, and nothing of one follows": deliverySettles,
  "L10: a command is settled at most once, and nothing of it follows": settledOnce,
  "L11: a command begins with its start, or with what was there, or ends with the code without having begun":
    properBeginnings,
  "L12: the events of a command agree on what it is": sameCommand,
  "L13: attempts count up by one": countedAttempts,
  "L14: a live claim is renewed by itself alone, and not taken over": heldClaims,
  "L15: a sleep, hook or receive is over no sooner than it said": fullTimes,
  "L16: a retry starts no sooner than it said": fullPauses,
  "L17: when the run has ended, the end of every command is known": knownEnds,
  "L18: the grace period counts from the delivery, and nothing starts once it is over":
    nothingAfterGrace,
  "L19: a run that ends as cancelled was asked to stop": cancelledOnRequest,
  "L22: a run that is asked to stop hears of it, and ends by itself, after its children have ended":
    familyFirst,
  "L20: every prefix folds, and the fold says what the events say": consistentFold,
  "L31: messages are numbered in the order in which they came, and an id comes once":
    numberedMessages,
  "L32: a receive gets the oldest message of its channel that nobody has received": receivedInOrder,
  "L33: no receive that may go on waits while a message of its channel is there": nobodyWaitsBeside,
  "L41: a run is paused while it goes on and is not paused, and resumed while it is": properPauses,
  "L42: nothing unshielded begins, is scheduled or is tried while the run is paused":
    nothingWhilePaused,
  "L50: a log is not exchanged once its run was asked to stop, nor while it is paused":
    exchangedUnasked,
  "L51: later generations, and only those, say what they have of the one before": properGeneration,
};

/** Every promise, in one sentence each. */
export const INVARIANTS: readonly string[] = [
  ...Object.keys(PROMISES),
  "L21: the head agrees with the log",
  "L52: a generation begins with what the one before has left",
];

/** @throws Error naming what one generation of a run does not have of the one before. */
export function assertSuccession(past: readonly Entry[], next: readonly Entry[]): void {
  const broken = [...properSuccession(past, next)].map(
    (finding) => `L52: a generation begins with what the one before has left: ${finding}`,
  );
  if (broken.length > 0)
    throw new Error(`The logs break their invariants:\n- ${broken.join("\n- ")}`);
}

/** @throws Error naming every promise that the log, or the head if it is given, breaks. */
export function assertInvariants(log: readonly Entry[], head?: RunHead): void {
  const broken = brokenInvariants(log, head);
  if (broken.length > 0)
    throw new Error(`The log breaks its invariants:\n- ${broken.join("\n- ")}`);
}

/**
 * The promises that a log breaks, each with what breaks it; none for a good log. A head is held
 * against the log; both must have been read while nobody wrote.
 */
export function brokenInvariants(log: readonly Entry[], head?: RunHead): string[] {
  const history = historyOf(log);
  const broken = Object.entries(PROMISES).flatMap(([promise, find]) =>
    [...find(history)].map((finding) => `${promise}: ${finding}`),
  );
  const apart = head ? [...disagreements(history, head)] : [];
  return [...broken, ...apart.map((finding) => `L21: the head agrees with the log: ${finding}`)];
}

function* gaplessPositions({ log }: History): Findings {
  for (const [index, { position }] of log.entries()) {
    if (position !== index) yield `entry ${index} has position ${position}`;
  }
}

function* oneStart({ log, events }: History): Findings {
  const [first] = events;
  if (!first || !isOf(first, "workflow.started") || log[0]?.events.length !== 1) {
    yield "entry 0 is not the start alone";
  }
  for (const recorded of events.slice(1)) {
    if (isOf(recorded, "workflow.started")) yield `another ${nameOf(recorded)}`;
  }
}

function* distinctEntries({ log }: History): Findings {
  const seen = new Map<string, number>();
  for (const { position, id, events } of log) {
    if (events.length === 0) yield `entry ${position} is empty`;
    if (events.length >= EVENTS_PER_ENTRY) yield `entry ${position} has ${events.length} events`;
    if (seen.has(id)) yield `entries ${seen.get(id)} and ${position} have one id`;
    seen.set(id, position);
  }
}

function* forwardTimes({ log }: History): Findings {
  for (const [index, { position, at }] of log.entries()) {
    const before = log[index - 1];
    if (before && at < before.at) yield `entry ${position} is ${before.at - at} ms older`;
  }
}

function* nothingAfterTheEnd({ log, events, end }: History): Findings {
  if (!end) return;
  for (const recorded of events.slice(end.order + 1)) yield `${nameOf(recorded)}`;
  for (const { position } of log) {
    if (position > end.position) yield `entry ${position} after the end in ${end.position}`;
  }
}

function* settledOnce({ commands }: History): Findings {
  for (const row of commands.values()) {
    const settled = row.findIndex(({ event }) => isSettling(event));
    if (settled < 0) continue;
    for (const recorded of row.slice(settled + 1)) {
      yield `${nameOf(recorded)} after ${row[settled]?.event.type}`;
    }
  }
}

/** What the code never awaited is known from the end alone, if the code ended by itself. */
function* properBeginnings({ commands, end }: History): Findings {
  for (const [first] of commands.values()) {
    if (!first || opens(first) || isTaken(first) || roleOf(first.event).isFirst) continue;
    const isWithEnd = end?.position === first.position && !isOf(end, "workflow.terminated");
    if (!(isUnbegun(first.event) && isWithEnd)) yield nameOf(first);
  }
}

function* sameCommand(history: History): Findings {
  const identity = ({ event }: Recorded<CommandEvent>): string =>
    `${event.shielded ? "a shielded" : "an unshielded"} ${labelIn(event)}`;
  for (const [before, recorded] of succession(history)) {
    if (before && identity(before) !== identity(recorded)) {
      yield `${nameOf(recorded)} says ${identity(recorded)}, not ${identity(before)}`;
    }
  }
}

/** A task counts its own attempts, so what follows a schedule may have any number from there on. */
function* countedAttempts(history: History): Findings {
  for (const [before, recorded] of succession(history)) {
    const { event } = recorded;
    if (!isEventOf("step", event)) continue;
    const last = before && isEventOf("step", before.event) ? before.event.attempt : 0;
    const starts = isOf(recorded, "step.started", "step.scheduled");
    if (before && isOf(before, "step.scheduled")) {
      if (event.attempt < last) yield `${nameOf(recorded)} after one scheduled from ${last} on`;
    } else if (event.attempt !== (starts ? last + 1 : last)) {
      yield `${nameOf(recorded)} after attempt ${last}`;
    }
  }
}

function* heldClaims(history: History): Findings {
  for (const [before, recorded] of succession(history)) {
    const held = before && isOf(before, "step.started", "step.renewed") ? before.event : undefined;
    if (isOf(recorded, "step.renewed")) {
      if (held?.claim !== recorded.event.claim)
        yield `${nameOf(recorded)} is not of the live claim`;
      else if (recorded.event.lease <= held.lease) yield `${nameOf(recorded)} is no longer lease`;
    }
    if (!isOf(recorded, "step.started", "step.scheduled") || isByOwnClock(recorded)) continue;
    if (held && held.lease > recorded.at) {
      yield `${nameOf(recorded)} takes over ${held.lease - recorded.at} ms before the lease ends`;
    }
  }
}

/** Whoever's clock the log is ahead of goes by how long it has itself seen what another has stamped. */
function isByOwnClock({ event }: Recorded): boolean {
  return "ownTime" in event && event.ownTime !== undefined;
}

function* fullTimes(history: History): Findings {
  for (const [before, recorded] of succession(history)) {
    // A step begins anew when its time has come: see L16.
    if (!before || opens(recorded) || !roleOf(recorded.event).isDue) continue;
    const due = dueAfter(before.event);
    if (due === undefined) yield `${nameOf(recorded)} has no time`;
    const early = (due ?? recorded.at) - recorded.at;
    if (early > 0) yield `${nameOf(recorded)} is ${early} ms early`;
  }
}

function* fullPauses(history: History): Findings {
  for (const [before, recorded] of succession(history)) {
    if (!before || !isOf(before, "step.retrying")) continue;
    if (!isOf(recorded, "step.started", "step.scheduled") || isByOwnClock(recorded)) continue;
    const early = before.event.retryAt - recorded.at;
    if (early > 0) yield `${nameOf(recorded)} is ${early} ms early`;
  }
}

/** A closing entry that is full says of the rest only that the run has ended. */
function* knownEnds({ log, commands, end }: History): Findings {
  const closing = log.at(-1);
  if (!end || !closing || isFull(closing)) return;
  for (const row of commands.values()) {
    const last = row.at(-1);
    if (last && !row.some(({ event }) => isSettling(event))) yield `${nameOf(last)} was the last`;
  }
}

function isFull({ events }: Entry): boolean {
  return events.length >= 0.9 * EVENTS_PER_ENTRY || sizeOf(events) >= 0.75 * ENTRY_LIMIT;
}

function* consistentFold(history: History): Findings {
  const { log, events, commands, request, delivery, end } = history;
  const [start, ...rest] = log;
  if (!start) return;
  try {
    let state = begin(start);
    for (const entry of rest) {
      state = fold(state, entry);
      if (state.position !== entry.position + 1 || state.at !== entry.at) {
        yield `entry ${entry.position} folds to position ${state.position} at ${state.at}`;
      }
    }
    if (state.events !== events.length) yield `it counts ${state.events} events`;
    const { cancellation } = state;
    const isOver = state.ended !== undefined || state.continued === true;
    if (isOver !== (end !== undefined)) yield `it ended as ${state.ended}`;
    if ((cancellation === undefined) !== (request === undefined)) yield "the request is amiss";
    if (cancellation?.delivered?.at !== delivery?.at) yield "the delivery is amiss";
    const isPaused = state.ended === undefined && state.pause !== undefined;
    if (isPaused !== (lastPause(history) !== undefined)) yield "the pause is amiss";
    const cleanup = cleanupOf(history).length;
    if (cancellation && cancellation.cleanupSteps !== cleanup) {
      yield `it counts ${cancellation.cleanupSteps} steps of clean-up, not ${cleanup}`;
    }
    const open = [...commands]
      .filter(([, row]) => !row.some(({ event }) => isSettling(event)))
      .map(([command]) => command);
    yield* misremembered(state, events);
    const missing = open.filter((command) => !state.open.has(command));
    if (missing.length > 0) yield `it does not know that ${missing.join(", ")} are open`;
  } catch (error) {
    yield `it throws ${error}`;
  }
}
