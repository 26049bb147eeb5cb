/**
 * A function with side effects, whose result is kept. How its attempts are claimed, alone in the log
 * or as tasks, is its own: see `decide/steps` and `settle`.
 */
import * as z from "zod/mini";
import { SerializationError, StepFailedError } from "../errors.ts";
import type { StepPolicy } from "../retry.ts";
import { count, error, optional, ownTime, shown, time, value } from "../shown-as.ts";
import { taskNumber } from "../task.ts";
import { callUserCode } from "../user-stack.ts";
import { decode, type Encoded } from "../value.ts";
import { fixArguments, type StepCall } from "./arguments.ts";
import type { CommandKind, Place } from "./command.ts";

const fields = {
  command: count,
  step: z.string(),
  attempt: count,
  shielded: z.boolean(),
  /** Of the first event of a step: `false` if its shield was open before the delivery already. */
  cleanup: optional(z.literal(false)),
};
/** The attempt outlived its timeout, and was left behind while its code still executed. */
const leftBehind = optional(z.literal(true));
/** Of a task, whose beginning no other event tells. */
const startedAt = optional(time);

const schemas = [
  /** Sent as a task: claimed and finished in an item of its own, then absorbed. */
  z.object({
    type: z.literal("step.scheduled"),
    ...fields,
    /** It had begun before: its task is another one, which this entry gives its number. */
    afresh: optional(shown("nothing", z.literal(true))),
    ownTime,
  }),
  /** One attempt is claimed until `lease`. `claim` names the claim. */
  z.object({ type: z.literal("step.started"), ...fields, claim: z.string(), lease: time, ownTime }),
  /** The claim of a long attempt now lasts until `lease`. */
  z.object({ type: z.literal("step.renewed"), ...fields, claim: z.string(), lease: time }),
  z.object({ type: z.literal("step.completed"), ...fields, result: value, startedAt }),
  /** Failed for good; `error` is what the last attempt threw. */
  z.object({ type: z.literal("step.failed"), ...fields, error, leftBehind, startedAt }),
  /** This attempt failed; the next one may start at `retryAt`. */
  z.object({ type: z.literal("step.retrying"), ...fields, error, leftBehind, retryAt: time }),
  /** Ended by a cancellation; settled by `cancellation.delivered`. `error` is what it threw. */
  z.object({
    type: z.literal("step.cancelled"),
    ...fields,
    error: optional(error),
    leftBehind,
    startedAt,
  }),
  /**
   * Still executing when its run ended; what it returns is dropped. With attempt 0: called without
   * being awaited when the code ended, so it never began.
   */
  z.object({ type: z.literal("step.abandoned"), ...fields }),
] as const;

type StepEvent = z.output<(typeof schemas)[number]>;

type StepAsked = { kind: "step"; policy: StepPolicy } & StepCall;

export interface PendingStep extends Place {
  kind: "step";
  name: string;
  policy: StepPolicy;
  /** Runs the step's code. */
  call: () => unknown;
}

export interface OpenStep {
  kind: "step";
  command: number;
  name: string;
  shielded: boolean;
  /** The last attempt that was recorded; of a scheduled one, the first it may make. */
  attempt: number;
  /** `at` is of the entry that says so. */
  phase:
    | { type: "running"; at: number; claim: string; lease: number }
    /**
     * Runs as a task; what becomes of it is in the task's own item until it is absorbed. `at` and
     * `position` are of the entry that scheduled it, `after` the tasks that this entry absorbed, and
     * `task` is the number of its own.
     */
    | { type: "scheduled"; at: number; position: number; after: readonly number[]; task: number }
    | { type: "retrying"; at: number; retryAt: number; error: Encoded }
    /** Ended by the cancellation that is still to be delivered. */
    | { type: "cancelled" };
}

type InPhase<Type> = OpenStep & { phase: Extract<OpenStep["phase"], { type: Type }> };
/** Claimed in the log, whether or not its lease lasts. */
export type ClaimedStep = InPhase<"running">;
/** Scheduled as a task, and not absorbed. */
export type ScheduledStep = InPhase<"scheduled">;

export interface Step {
  schemas: typeof schemas;
  asked: StepAsked;
  pending: PendingStep;
  open: OpenStep;
}

export const step: CommandKind<Step> = {
  schemas,
  events: {
    "step.scheduled": {
      does: "opens",
      open: (event, { at, position, absorbed }) => {
        const task = event.afresh ? taskNumber(event.command, position) : event.command;
        return opened(event, { type: "scheduled", at, position, after: absorbed, task });
      },
      goesOn: true,
    },
    "step.started": {
      does: "opens",
      open: (event, { at }) => opened(event, claimedBy(event, at)),
      goesOn: true,
      isDue: true,
    },
    "step.renewed": {
      does: "changes",
      open: (event, { at }) => opened(event, claimedBy(event, at)),
    },
    "step.retrying": {
      does: "changes",
      open: (event, { at }) => {
        const { retryAt, error } = event;
        return opened(event, { type: "retrying", at, retryAt, error });
      },
      goesOn: true,
      isNews: true,
    },
    "step.completed": {
      does: "settles",
      settle: ({ result }) => ({ type: "resolved", value: decode(result) }),
      isNews: true,
    },
    "step.failed": {
      does: "settles",
      settle: ({ step, attempt, error }) => ({
        type: "rejected",
        error: new StepFailedError({ step, attempts: attempt, cause: decode(error) }),
      }),
      isNews: true,
    },
    "step.cancelled": {
      does: "cancels",
      open: (event) => opened(event, { type: "cancelled" }),
      cause: ({ error }) => error,
      isNews: true,
    },
    "step.abandoned": { does: "cancels", isUnbegun: ({ attempt }) => attempt === 0 },
  },
  label: (name) => `step "${name}"`,
  nameIn: ({ step }) => step,
  pending,
  begin: () => undefined,
  lastsMs: () => undefined,
  dueAt: ({ phase }) => (phase.type === "retrying" ? phase.retryAt : undefined),
  whenDue: () => undefined,
  group({ phase }) {
    if (phase.type === "running") return "claims";
    return phase.type === "scheduled" ? "tasks" : undefined;
  },
  isLive({ phase }, { now, skewMs, deadTasks }) {
    if (phase.type === "scheduled") return !deadTasks.has(phase.task);
    return phase.type === "running" && now < phase.lease + skewMs;
  },
  checkpoint({ name }, open) {
    return open?.phase.type === "retrying" ? `retry of step ${name}` : `step ${name}`;
  },
  cancelled(open) {
    if (open.phase.type === "cancelled") return undefined;
    const error = open.phase.type === "retrying" ? open.phase.error : undefined;
    return { type: "step.cancelled", ...stepFields(open), error };
  },
  leftover(open) {
    if (open.phase.type === "retrying") return step.cancelled(open);
    if (open.phase.type === "cancelled") return undefined;
    return { type: "step.abandoned", ...stepFields(open) };
  },
  neverBegun({ command, name, shielded }) {
    return { type: "step.abandoned", command, step: name, attempt: 0, shielded };
  },
};

function opened(
  { command, step: name, shielded, attempt }: StepEvent,
  phase: OpenStep["phase"],
): OpenStep {
  return { kind: "step", command, name, shielded, attempt, phase };
}

function claimedBy(
  { claim, lease }: { claim: string; lease: number },
  at: number,
): ClaimedStep["phase"] {
  return { type: "running", at, claim, lease };
}

/** With its arguments as they are now. One that is settled is not run, whatever they are. */
function pending(asked: StepAsked, place: Place, isSettled: boolean): PendingStep {
  const { kind, name, policy, fn } = asked;
  const common = { kind, name, ...place };
  if (isSettled) return { ...common, policy, call: () => undefined };
  try {
    const args = fixArguments(asked);
    return { ...common, policy, call: () => callUserCode(fn, args()) };
  } catch (error) {
    if (!(error instanceof SerializationError)) throw error;
    // Nothing that another attempt could do better.
    const once = { ...policy, attempts: 1 };
    const call = (): never => {
      throw error;
    };
    return { ...common, policy: once, call };
  }
}

/** What every event of a step says of it. */
export function stepFields({ command, name, attempt, shielded }: OpenStep): {
  command: number;
  step: string;
  attempt: number;
  shielded: boolean;
} {
  return { command, step: name, attempt, shielded };
}
