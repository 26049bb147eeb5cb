/** The next message of a channel, which the run waits for if none is there. */
import * as z from "zod/mini";
import { TimeoutError } from "../errors.ts";
import { count, optional, time } from "../shown-as.ts";
import { decode } from "../value.ts";
import type { CommandKind, Place } from "./command.ts";

const fields = { command: count, channel: z.string(), shielded: z.boolean() };

const schemas = [
  z.object({
    type: z.literal("receive.started"),
    ...fields,
    /** The code waits no longer. */
    expiresAt: optional(time),
  }),
  z.object({
    type: z.literal("receive.completed"),
    ...fields,
    /** The message that it got: which one of all that its run was sent, from 0. */
    message: count,
  }),
  z.object({ type: z.literal("receive.expired"), ...fields }),
  z.object({
    type: z.literal("receive.cancelled"),
    ...fields,
    /** `false` if it was called without being awaited when the code ended, and never began. */
    begun: optional(z.literal(false)),
  }),
] as const;

interface ReceiveAsked {
  kind: "receive";
  /** Of the channel. */
  name: string;
  timeoutMs: number | undefined;
}

export type PendingReceive = ReceiveAsked & Place;

export interface OpenReceive {
  kind: "receive";
  command: number;
  name: string;
  shielded: boolean;
  expiresAt?: number;
}

export interface Receive {
  schemas: typeof schemas;
  asked: ReceiveAsked;
  pending: PendingReceive;
  open: OpenReceive;
}

export const receive: CommandKind<Receive> = {
  schemas,
  events: {
    "receive.started": {
      does: "opens",
      open: ({ command, channel: name, shielded, expiresAt }) => ({
        kind: "receive",
        command,
        name,
        shielded,
        ...(expiresAt !== undefined && { expiresAt }),
      }),
      goesOn: true,
    },
    "receive.completed": {
      does: "settles",
      takes: ({ channel, message }) => ({ channel, message }),
      settle: (_, payload) => ({ type: "resolved", value: decode(payload) }),
      goesOn: true,
      isNews: true,
    },
    "receive.expired": {
      does: "settles",
      settle: ({ channel }) => ({ type: "rejected", error: noneCame(channel) }),
      goesOn: true,
      isDue: true,
    },
    "receive.cancelled": { does: "cancels", isUnbegun: ({ begun }) => begun === false },
  },
  label: (name) => `receive on channel "${name}"`,
  nameIn: ({ channel }) => channel,
  pending: (asked, place) => ({ ...asked, ...place }),
  begin(pending, { now }) {
    const { timeoutMs } = pending;
    return {
      type: "receive.started",
      ...receiveFields(pending),
      ...(timeoutMs !== undefined && { expiresAt: now + timeoutMs }),
    };
  },
  lastsMs: ({ timeoutMs }) => timeoutMs,
  dueAt: ({ expiresAt }) => expiresAt,
  whenDue: (open) => ({ type: "receive.expired", ...receiveFields(open) }),
  group: () => "receives",
  isLive: () => false,
  checkpoint: ({ name }) => `channel ${name}`,
  cancelled: (open) => ({ type: "receive.cancelled", ...receiveFields(open) }),
  leftover: (open) => ({ type: "receive.cancelled", ...receiveFields(open) }),
  neverBegun: (pending) => ({ type: "receive.cancelled", ...receiveFields(pending), begun: false }),
};

/** What every event of a receive says of it. */
export function receiveFields({ command, name, shielded }: OpenReceive | PendingReceive): {
  command: number;
  channel: string;
  shielded: boolean;
} {
  return { command, channel: name, shielded };
}

function noneCame(channel: string): TimeoutError {
  return new TimeoutError(
    `No message came on channel "${channel}" in time. Go on without one, or give receive a longer timeout.`,
  );
}
