/** How a run's head follows its log. */
import { isDeepStrictEqual } from "node:util";
import { isOfCommand, roleOf } from "../../core/commands/index.ts";
import type { Next } from "../../core/decide/decision.ts";
import { summarizeError } from "../../core/error-summary.ts";
import { TooManyEventsError } from "../../core/errors.ts";
import { isOfPause, isSent, type LogEvent } from "../../core/events.ts";
import type {
  CancellationRecord,
  Failure,
  PauseRecord,
  RunStatus,
  TerminationRecord,
} from "../../core/run.ts";
import type { RunState, TerminationState } from "../../core/run-state.ts";
import { decode, type Encoded } from "../../core/value.ts";
import type { HeadChange, RunHead } from "../../ports/store.ts";

/** An entry that is about to be written. */
export interface WrittenEntry {
  events: readonly LogEvent[];
  at: number;
  /** The run as it stands after it. */
  state: RunState;
}

/** What an entry changes in the head in the same transaction: a request to cancel, or the end. */
export function changeWith(
  head: RunHead,
  { state, events, at }: WrittenEntry,
  retentionMs: number,
): HeadChange | undefined {
  const last = events.at(-1);
  if (state.ended) {
    const cancellation = cancellationRecord(state, at, isCleanedUp(state, last));
    return {
      status: state.ended,
      endedAt: at,
      dueAt: null,
      problem: null,
      // Also where the head that is known here is older than the pause.
      pause: null,
      expiresAt: at + retentionMs,
      ...(cancellation && { cancellation }),
      ...(state.termination && { termination: askedBy(state.termination, at) }),
      ...(head.startedAt === undefined &&
        state.begun &&
        ranCode(state, events) && { startedAt: state.begun.at }),
      ...(last?.type === "workflow.completed" && { closing: { output: last.output } }),
      ...((last?.type === "workflow.failed" || last?.type === "workflow.cancelled") && {
        closing: { error: last.error },
        failure: failureOf(last.error),
      }),
    };
  }
  if (!events.some(({ type }) => type === "cancellation.requested")) {
    return events.some(isOfPause) ? { ...pauseChange(state), dueAt: at, resends: 0 } : undefined;
  }
  const cancellation = cancellationRecord(state, at);
  return {
    status: "cancelling",
    dueAt: at,
    resends: 0,
    pause: null,
    ...(cancellation && { cancellation }),
    // What keeps the run from going on is tried afresh: its clean-up has only so much time.
    ...(head.problem && { problem: { ...head.problem, tries: 0 } }),
  };
}

/** One that is resumed goes on, or is as pending as it was. */
function pauseChange({ pause, begun }: RunState): HeadChange {
  if (pause) return { status: "paused", pause: askedBy(pause, pause.at) };
  return { status: begun ? "running" : "pending", pause: null };
}

/** Whether somebody wrote it who holds no message of the run, which must go on: so the sweep must know. */
export function wakes(events: readonly LogEvent[]): boolean {
  const isHanded = isSent({ events });
  return events.some((event) => {
    if (!isOfCommand(event)) return false;
    const role = roleOf(event);
    return role.wakes === true || (isHanded && role.does === "settles");
  });
}

const LONGEST_NAME = 100;
const LONGEST_MESSAGE = 500;

function failureOf(encoded: Encoded): Failure {
  const { name, message, code } = summarizeError(decode(encoded));
  return {
    name: name.slice(0, LONGEST_NAME),
    message: message.slice(0, LONGEST_MESSAGE),
    ...(code !== undefined && { code: code.slice(0, LONGEST_NAME) }),
  };
}

/** Whether the code has run when this entry is appended, which ends the log. */
function ranCode({ begun, position }: RunState, events: readonly LogEvent[]): boolean {
  if (begun && begun.position < position) return true;
  const isUnheard = events.some(({ type }) => type === "cancellation.requested");
  return !isUnheard && events.at(-1)?.type !== "workflow.terminated";
}

/** What the record says of who asked for something, and why. */
function askedBy(
  { reason, requestedBy }: TerminationState,
  at: number,
): TerminationRecord & PauseRecord {
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(requestedBy === undefined ? {} : { requestedBy }),
    at,
  };
}

/** Whether what came after the delivery came to its end, and not to an error of its own. */
function isCleanedUp({ ended, cancellation }: RunState, last: LogEvent | undefined): boolean {
  if (ended === "cancelled" || ended === "completed") return true;
  if (cancellation?.eventLimit === undefined || last?.type !== "workflow.failed") return false;
  return decode(last.error) instanceof TooManyEventsError;
}

/** What the run's record says of its cancellation after the entry written at `at`. */
function cancellationRecord(
  state: RunState,
  at: number,
  finished = false,
): CancellationRecord | undefined {
  const { cancellation, ended } = state;
  if (!cancellation) return undefined;
  const { reason, requestedBy, requestedAt, delivered, cleanupSteps, children } = cancellation;
  const endedByItself = ended !== undefined && ended !== "terminated";
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(requestedBy === undefined ? {} : { requestedBy }),
    requestedAt,
    ...(delivered && {
      deliveredAt: delivered.at,
      checkpoint: delivered.checkpoint,
      deadline: delivered.deadline,
    }),
    ...(children.asked > 0 && { children }),
    ...(delivered &&
      ended && {
        cleanup: {
          steps: cleanupSteps,
          finished,
          durationMs: at - delivered.at,
        },
      }),
    ...(endedByItself && !delivered ? { tooLate: true } : {}),
    ...(ended === "completed" && delivered ? { swallowed: true } : {}),
  };
}

interface Times {
  now: number;
  watchdogMs: number;
  /** The run's next timer. */
  timer: number | undefined;
  /** Whether rows look after the run. */
  hasRows: boolean;
}

/** What the head should show after an entry that neither ends the run nor asks it to stop. */
export function changeAfter(
  head: RunHead,
  { state, next }: { state: RunState; next: Next },
  { hasNews, ...times }: Times & { retentionMs: number; hasNews: boolean },
): HeadChange {
  const change: HeadChange = {};
  if (state.begun) {
    const status = statusAfter(state, next);
    if (status !== head.status) change.status = status;
    // When the entry was decided, and not when it was written: its step starts right then.
    if (head.startedAt === undefined) change.startedAt = Math.min(times.now, state.begun.at);
  }
  // Held against the state: the write of an earlier turn may have been lost.
  const cancellation = cancellationRecord(state, state.at);
  if (cancellation && !isDeepStrictEqual(cancellation, head.cancellation)) {
    change.cancellation = cancellation;
  }
  if (times.now >= head.keepAt) change.keepAt = times.now + times.retentionMs;
  const dueAt = dueAfter(head, next, times);
  if (dueAt !== undefined && dueAt !== head.dueAt) change.dueAt = dueAt;
  if (change.dueAt !== undefined && head.resends > 0) change.resends = 0;
  // It goes on. Another may have recorded a problem since this head was read, so it is always taken
  // away; but an item that is damaged is found out only when it is read, and by nothing mended.
  const isStuck = !hasNews && head.problem?.code === "store.damaged";
  if (!isStuck && (head.problem || Object.keys(change).length > 0)) change.problem = null;
  return change;
}

function statusAfter(state: RunState, next: Next): RunStatus {
  if (state.cancellation) return "cancelling";
  if (state.pause) return "paused";
  return next.type === "wait" && !next.busy ? "suspended" : "running";
}

/**
 * A run that waits for nothing but time is due then, and one that waits for an answer from outside
 * when its log must be kept on. Any other is looked after by the watchdog, or by what has woken it (RW1),
 * and its `dueAt` only moves to a sooner timer; the sweep moves it on.
 */
function dueAfter(
  head: RunHead,
  next: Next,
  { now, watchdogMs, timer = Number.POSITIVE_INFINITY, hasRows }: Times,
): number | undefined {
  if (next.type === "wait" && !next.busy) {
    const otherwise = next.asks ? head.keepAt : now + watchdogMs;
    return Math.min(next.until ?? otherwise, head.keepAt);
  }
  const { dueAt = Number.POSITIVE_INFINITY, status } = head;
  if (timer < dueAt) return timer;
  const soon = Math.min(timer, now + watchdogMs);
  // What is shielded goes on while the run is paused, and leaves it so.
  const rests = status === "suspended" || (status === "paused" && dueAt > soon);
  return rests && !hasRows ? soon : undefined;
}
