/**
 * The events of a log, as one zod union; the types are inferred from it.
 * Times are milliseconds since the epoch. A `command` is the position of a command in the order
 * in which the workflow issued its commands, from 0.
 */
import * as z from "zod/mini";
import type { Encoded } from "./value.ts";

/**
 * How the public sees a field of an event: a time as a `Date`, a kept value or error decoded, an
 * internal one not at all. A field that says nothing is shown as it is kept.
 */
export type ShownAs = "time" | "value" | "error" | "nothing";
export interface Shown<As extends ShownAs> {
  readonly shownAs: As;
}

function shown<As extends ShownAs, T extends z.core.$ZodType>(shownAs: As, type: T): T & Shown<As> {
  return Object.assign(type, { shownAs });
}

const encoded = () =>
  z.custom<Encoded>((value) => typeof value === "number" || Array.isArray(value));
const value = shown("value", encoded());
const error = shown("error", encoded());
const time = shown("time", z.number());
const count = z.int().check(z.nonnegative());
const optional = <T extends z.core.$ZodType>(type: T) => z.optional(type);

const step = {
  command: count,
  step: z.string(),
  attempt: count,
  shielded: z.boolean(),
  /** Of the first event of a step: `false` if its shield was open before the delivery already. */
  cleanup: optional(z.literal(false)),
};
/** The attempt outlived its timeout, and was left behind while its code still executed. */
const leftBehind = optional(z.literal(true));
const sleep = { command: count, shielded: z.boolean() };

export const eventSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("workflow.started"),
    workflow: z.string(),
    version: z.string(),
    input: value,
    /** A digest of the input as it was given, before its schema; tells a repeated start. */
    given: optional(shown("nothing", z.string())),
    /** No code of the run may run before. */
    startAt: optional(time),
  }),
  z.object({ type: z.literal("workflow.completed"), output: value }),
  z.object({ type: z.literal("workflow.failed"), error }),
  z.object({ type: z.literal("workflow.cancelled"), error }),
  z.object({
    type: z.literal("workflow.terminated"),
    reason: optional(z.string()),
    requestedBy: optional(z.string()),
  }),

  /** Sent as a task: claimed and finished in an item of its own, then absorbed. */
  z.object({ type: z.literal("step.scheduled"), ...step }),
  /** One attempt is claimed until `lease`. `claim` names the claim. */
  z.object({ type: z.literal("step.started"), ...step, claim: z.string(), lease: time }),
  /** The claim of a long attempt now lasts until `lease`. */
  z.object({ type: z.literal("step.renewed"), ...step, claim: z.string(), lease: time }),
  z.object({
    type: z.literal("step.completed"),
    ...step,
    result: value,
    startedAt: optional(time),
  }),
  /** Failed for good; `error` is what the last attempt threw. */
  z.object({
    type: z.literal("step.failed"),
    ...step,
    error,
    leftBehind,
    startedAt: optional(time),
  }),
  /** This attempt failed; the next one may start at `retryAt`. */
  z.object({ type: z.literal("step.retrying"), ...step, error, leftBehind, retryAt: time }),
  /** Ended by a cancellation; settled by `cancellation.delivered`. `error` is what it threw. */
  z.object({
    type: z.literal("step.cancelled"),
    ...step,
    error: optional(error),
    leftBehind,
    startedAt: optional(time),
  }),
  /**
   * Still executing when its run ended; what it returns is dropped. With attempt 0: called without
   * being awaited when the code ended, so it never began.
   */
  z.object({ type: z.literal("step.abandoned"), ...step }),

  z.object({ type: z.literal("sleep.started"), ...sleep, until: time }),
  z.object({ type: z.literal("sleep.completed"), ...sleep }),
  z.object({
    type: z.literal("sleep.cancelled"),
    ...sleep,
    /** `false` if it was called without being awaited when the code ended, and never began. */
    begun: optional(z.literal(false)),
  }),

  z.object({
    type: z.literal("cancellation.requested"),
    reason: optional(z.string()),
    requestedBy: optional(z.string()),
    requestedAt: time,
    /** The time that clean-up has from the delivery on. */
    gracePeriodMs: optional(count),
    /** Logs that have no `gracePeriodMs` count the grace from the request, up to this time. */
    deadline: optional(time),
  }),
  /** The one moment of cancellation: every unshielded command that waits is rejected here. */
  z.object({
    type: z.literal("cancellation.delivered"),
    checkpoint: z.string(),
    command: optional(count),
    /** When clean-up must have ended; then the run is terminated. */
    deadline: optional(time),
    /** So many shields were open, and waited for what was begun outside of them. */
    openShields: optional(count),
  }),
]);

/** One event of a log, as stored. */
export type LogEvent = z.infer<typeof eventSchema>;
export type EventType = LogEvent["type"];
export type EventOf<Type extends EventType> = Extract<LogEvent, { type: Type }>;

/** One atomic append to the log. `id` is fresh for each intent to append. */
export interface Entry {
  /** 0 for the entry that starts the run, then gapless. */
  position: number;
  id: string;
  at: number;
  events: LogEvent[];
}

/** Whether this is of a command that never began, as nobody awaited it when the code ended. */
export function isUnbegun(event: LogEvent): boolean {
  if (event.type === "step.abandoned") return event.attempt === 0;
  return event.type === "sleep.cancelled" && event.begun === false;
}

/** How a run has ended whose log ends with this event. */
export const ENDINGS = {
  "workflow.completed": "completed",
  "workflow.failed": "failed",
  "workflow.cancelled": "cancelled",
  "workflow.terminated": "terminated",
} as const;

/** Whether this event ends the log. */
export function isTerminal(event: LogEvent): boolean {
  return Object.hasOwn(ENDINGS, event.type);
}

/** The time that clean-up has from the delivery on; in a log that counts it from the request, as long. */
export function graceOf(request: EventOf<"cancellation.requested">): number {
  const { gracePeriodMs, requestedAt, deadline = requestedAt } = request;
  return gracePeriodMs ?? Math.max(0, deadline - requestedAt);
}

/** An entry holds fewer events than this, so that `seq` stays unique and increasing. */
export const EVENTS_PER_ENTRY = 1000;

/** The public number of an event: unique and increasing along the log. */
export function seqOf(position: number, index: number): number {
  return position * EVENTS_PER_ENTRY + index;
}

/** The position of the entry that holds the event with this number. */
export function positionOf(seq: number): number {
  return Math.floor(seq / EVENTS_PER_ENTRY);
}
