/** A time that the run waits for. */
import * as z from "zod/mini";
import { count, optional, time } from "../shown-as.ts";
import type { CommandKind, Place } from "./command.ts";

const fields = { command: count, shielded: z.boolean() };

const schemas = [
  z.object({ type: z.literal("sleep.started"), ...fields, until: time }),
  z.object({ type: z.literal("sleep.completed"), ...fields }),
  z.object({
    type: z.literal("sleep.cancelled"),
    ...fields,
    /** `false` if it was called without being awaited when the code ended, and never began. */
    begun: optional(z.literal(false)),
  }),
] as const;

interface SleepAsked {
  kind: "sleep";
  name: string;
  wake: { afterMs: number } | { at: number };
}

export type PendingSleep = SleepAsked & Place;

interface OpenSleep {
  kind: "sleep";
  command: number;
  name: "sleep";
  shielded: boolean;
  until: number;
}

export interface Sleep {
  schemas: typeof schemas;
  asked: SleepAsked;
  pending: PendingSleep;
  open: OpenSleep;
}

export const sleep: CommandKind<Sleep> = {
  schemas,
  events: {
    "sleep.started": {
      does: "opens",
      open: ({ command, shielded, until }) => ({
        kind: "sleep",
        command,
        name: "sleep",
        shielded,
        until,
      }),
      goesOn: true,
    },
    "sleep.completed": {
      does: "settles",
      settle: () => ({ type: "resolved", value: undefined }),
      goesOn: true,
      isDue: true,
    },
    "sleep.cancelled": { does: "cancels", isUnbegun: ({ begun }) => begun === false },
  },
  label: () => "sleep",
  nameIn: () => undefined,
  pending: (asked, place) => ({ ...asked, ...place }),
  begin: ({ command, shielded, wake }, { now }) => ({
    type: "sleep.started",
    command,
    shielded,
    until: "at" in wake ? wake.at : now + wake.afterMs,
  }),
  lastsMs: ({ wake }) => ("at" in wake ? undefined : wake.afterMs),
  dueAt: ({ until }) => until,
  whenDue: ({ command, shielded }) => ({ type: "sleep.completed", command, shielded }),
  group: () => undefined,
  isLive: () => false,
  checkpoint: () => "sleep",
  cancelled: ({ command, shielded }) => ({ type: "sleep.cancelled", command, shielded }),
  leftover: ({ command, shielded }) => ({ type: "sleep.cancelled", command, shielded }),
  neverBegun: ({ command, shielded }) => ({
    type: "sleep.cancelled",
    command,
    shielded,
    begun: false,
  }),
};
