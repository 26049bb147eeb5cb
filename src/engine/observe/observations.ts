/** What an entry of a log, or a claimed task, tells an observer. Pure. */
import { isClaimed, isStep, type OpenCommand } from "../../core/commands/index.ts";
import type { OpenStep } from "../../core/commands/step.ts";
import type { StepLostError } from "../../core/errors.ts";
import { ENDINGS, type LogEvent } from "../../core/events.ts";
import type { CancellationRecord } from "../../core/run.ts";
import type { RunState, TerminationState } from "../../core/run-state.ts";
import type { Task } from "../../core/task.ts";
import { decode, type Encoded } from "../../core/value.ts";
import { nameAndCode } from "../../platform/logged-error.ts";
import type { ObservedError, Occurrence, StepPlace } from "../../ports/observer.ts";
import { lagOf } from "./pickup-lag.ts";

/** An entry that was appended, and the run as it stood right before. */
export interface Appended {
  before: RunState;
  events: readonly LogEvent[];
  at: number;
  /** What the record of the run says of its cancellation. */
  cancellation: CancellationRecord | undefined;
}

export function occurrencesOf(appended: Appended): Occurrence[] {
  const { before, events, at } = appended;
  const lagMs = lagOf(before, events, at);
  const pickedUp: Occurrence[] = lagMs === undefined ? [] : [{ type: "run.pickedUp", lagMs }];
  return [...pickedUp, ...events.flatMap((event) => toldBy(event, appended))];
}

/** @param previous the task as it stood before this claim, if it was claimed before. */
export function occurrencesOfClaim(
  step: OpenCommand | undefined,
  previous: Task | undefined,
  at: number,
): Occurrence[] {
  if (!isStep(step)) return [];
  if (previous?.lease !== undefined) {
    const { name, shielded } = step;
    return [{ type: "step.lost", step: name, attempt: previous.attempt, shielded }];
  }
  const since = previous ? previous.retryAt : dueSince(step);
  return since === undefined ? [] : [{ type: "run.pickedUp", lagMs: Math.max(0, at - since) }];
}

function dueSince({ phase }: OpenStep): number | undefined {
  return phase.type === "scheduled" ? phase.at : undefined;
}

function toldBy(event: LogEvent, { before, at, cancellation }: Appended): Occurrence[] {
  switch (event.type) {
    case "workflow.completed":
    case "workflow.failed":
    case "workflow.cancelled":
    case "workflow.terminated":
      return [
        {
          type: "run.ended",
          status: ENDINGS[event.type],
          ...(event.type === "workflow.failed" && { error: errorOf(event.error) }),
          ...(cancellation && { cancellation }),
          ...(event.type === "workflow.terminated" && { termination: askedBy(event) }),
        },
      ];
    case "workflow.continued":
      return [{ type: "run.continued", generation: event.generation }];
    case "run.paused":
    case "run.resumed":
    case "cancellation.requested":
      return [{ type: event.type, ...askedBy(event) }];
    case "cancellation.delivered": {
      const { type, checkpoint, deadline = at } = event;
      return [{ type, checkpoint, requestedAt: before.cancellation?.requestedAt ?? at, deadline }];
    }
    case "step.started":
      return lostBefore(event.command, before);
    case "step.retrying": {
      const { type, retryAt, error } = event;
      return [{ type, ...placeOf(event), error: errorOf(error), retryAt }];
    }
    case "step.completed":
    case "step.failed":
    case "step.cancelled":
    case "step.abandoned":
      return endOf(event);
    default:
      return [];
  }
}

function askedBy({ reason, requestedBy }: TerminationState): {
  reason?: string;
  requestedBy?: string;
} {
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(requestedBy === undefined ? {} : { requestedBy }),
  };
}

type StepEnd = Extract<
  LogEvent,
  { type: "step.completed" | "step.failed" | "step.cancelled" | "step.abandoned" }
>;

function endOf(event: StepEnd): Occurrence[] {
  const place = placeOf(event);
  const error = "error" in event && event.error !== undefined ? errorOf(event.error) : undefined;
  const status = STATUS[event.type];
  const ended: Occurrence = { type: "step.ended", status, ...place, ...(error && { error }) };
  const isLost = event.type === "step.failed" && error?.code === LOST;
  return isLost ? [{ type: "step.lost", ...place }, ended] : [ended];
}

const STATUS = {
  "step.completed": "completed",
  "step.failed": "failed",
  "step.cancelled": "cancelled",
  "step.abandoned": "abandoned",
} as const;

const LOST: StepLostError["code"] = "step.lost";

/** A claim that passes on was lost. */
function lostBefore(command: number, { open }: RunState): Occurrence[] {
  const step = open.get(command);
  if (!isClaimed(step)) return [];
  const { name, attempt, shielded } = step;
  return [{ type: "step.lost", step: name, attempt, shielded }];
}

function placeOf({ step, attempt, shielded }: StepPlace): StepPlace {
  return { step, attempt, shielded };
}

export function errorOf(encoded: Encoded): ObservedError {
  return describeError(decode(encoded));
}

const LONGEST_WORD = 200;

/** Its name and its code: nothing of what it says. */
export function describeError(error: unknown): ObservedError {
  const { name, code } = nameAndCode(error);
  return {
    name: name.slice(0, LONGEST_WORD),
    ...(code !== undefined && { code: String(code).slice(0, LONGEST_WORD) }),
  };
}
