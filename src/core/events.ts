/**
 * The events of a log, as one zod union; the types are inferred from it. Those of commands are in the
 * records of their kinds.
 * Times are milliseconds since the epoch. A `command` is the position of a command in the order
 * in which the workflow issued its commands, from 0.
 */
import * as z from "zod/mini";
import { COMMAND_SCHEMAS, type CommandEvent, isOfCommand, roleOf } from "./commands/index.ts";
import { count, error, optional, ownTime, shown, time, value } from "./shown-as.ts";

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
    /** Which log of its run this is, counted from 1; left out in the first. */
    generation: optional(count),
    /** When the run began, whose clock `maxDuration` goes by; said by later generations alone. */
    began: optional(time),
    /** What the first generation was started with, as digests; tells a repeated start. */
    first: optional(shown("nothing", z.object({ given: optional(z.string()), input: z.string() }))),
    /** The patches that the workflow named: what `patched` answers for as long as the run goes on. */
    patches: optional(z.array(z.string())),
  }),
  z.object({ type: z.literal("workflow.completed"), output: value }),
  z.object({ type: z.literal("workflow.failed"), error }),
  z.object({ type: z.literal("workflow.cancelled"), error }),
  z.object({
    type: z.literal("workflow.terminated"),
    reason: optional(z.string()),
    requestedBy: optional(z.string()),
  }),

  /** The log is over, and its run goes on in another one: the generation of this number. */
  z.object({ type: z.literal("workflow.continued"), command: count, generation: count }),

  ...COMMAND_SCHEMAS,

  /** Somebody outside has sent it to a channel of the run, which keeps it until its code receives it. */
  z.object({
    type: z.literal("message.received"),
    /** Which one of all that the run was sent, from 0. */
    message: count,
    channel: z.string(),
    payload: value,
    /** By which its sender tells the same message, sent again. */
    messageId: optional(z.string()),
    sentBy: optional(z.string()),
    /** It was sent to the generation before this one, where nobody received it. */
    carried: optional(z.literal(true)),
  }),
  /** What the generation before this one received: its messages that are sent again are no news. */
  z.object({
    type: z.literal("messages.remembered"),
    messageIds: shown("nothing", z.array(z.string())),
  }),

  /** Nothing unshielded begins or goes on until the run is resumed, or asked to stop. */
  z.object({
    type: z.literal("run.paused"),
    reason: optional(z.string()),
    requestedBy: optional(z.string()),
  }),
  z.object({
    type: z.literal("run.resumed"),
    reason: optional(z.string()),
    requestedBy: optional(z.string()),
  }),

  z.object({
    type: z.literal("cancellation.requested"),
    reason: optional(z.string()),
    requestedBy: optional(z.string()),
    requestedAt: time,
    /** The time that clean-up has from the delivery on. */
    gracePeriodMs: optional(count),
    /** Its log has reached this limit of events: once cleaned up, it ends as failed. */
    eventLimit: optional(count),
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
    ownTime,
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

const SENT: readonly string[] = ["message.received", "messages.remembered", "child.inherited"];

/** Whether an entry is a sender's, or brings on what a generation before has left: no code of the run has led to it. */
export function isSent({ events }: { readonly events: readonly LogEvent[] }): boolean {
  return events.some(({ type }) => SENT.includes(type));
}

/**
 * Whether an entry came from outside: it was sent to the run, or asks it to rest or to go on. No code
 * of the run was run by whoever wrote it.
 */
export function isFromOutside({ events }: { readonly events: readonly LogEvent[] }): boolean {
  return isSent({ events }) || events.every(isOfPause);
}

/** Whether this is of a command that never began, as nobody awaited it when the code ended. */
export function isUnbegun(event: LogEvent): event is CommandEvent {
  if (!isOfCommand(event)) return false;
  const role = roleOf(event);
  return role.does === "cancels" && role.isUnbegun?.(event) === true;
}

/** Whether this holds a run back, or lets it go on: no code of the run has led to it. */
export function isOfPause({ type }: LogEvent): boolean {
  return type === "run.paused" || type === "run.resumed";
}

/** How a run has ended whose log ends with this event. */
export const ENDINGS = {
  "workflow.completed": "completed",
  "workflow.failed": "failed",
  "workflow.cancelled": "cancelled",
  "workflow.terminated": "terminated",
} as const;

/** Whether this event ends the run. */
export function isTerminal(event: LogEvent): boolean {
  return Object.hasOwn(ENDINGS, event.type);
}

/** Whether the run goes on in another log. */
function isContinued(event: LogEvent): boolean {
  return event.type === "workflow.continued";
}

/** Whether nothing follows this event in its log. */
export function isLast(event: LogEvent): boolean {
  return isTerminal(event) || isContinued(event);
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
