/** An address for somebody outside, who answers once, or for whom the run waits in vain. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import * as z from "zod/mini";
import { HookTimeoutError } from "../errors.ts";
import { count, optional, shown, time, value } from "../shown-as.ts";
import { decode, sizeOf } from "../value.ts";
import type { CommandKind, Place } from "./command.ts";

const fields = { command: count, hook: z.string(), shielded: z.boolean() };

const schemas = [
  z.object({
    type: z.literal("hook.created"),
    ...fields,
    /** Nobody need answer after. */
    expiresAt: optional(time),
    /** What a payload must be, as JSON Schema, if that can be told in short. */
    schema: optional(z.record(z.string(), z.unknown())),
  }),
  z.object({
    type: z.literal("hook.received"),
    ...fields,
    payload: value,
    /** By which its sender tells the same delivery, made again. */
    delivery: optional(shown("nothing", z.string())),
  }),
  z.object({ type: z.literal("hook.expired"), ...fields }),
  z.object({
    type: z.literal("hook.cancelled"),
    ...fields,
    /** `false` if nothing had recorded it yet when the code ended, so nobody could know of it. */
    begun: optional(z.literal(false)),
  }),
] as const;

interface HookAsked {
  kind: "hook";
  name: string;
  timeoutMs: number | undefined;
  /** What the code gets is what it puts out for a payload. */
  schema: StandardSchemaV1 | undefined;
  /** What a payload must be, as JSON Schema, if that can be told. */
  jsonSchema(): Record<string, unknown> | undefined;
}

export type PendingHook = HookAsked & Place;

export interface OpenHook {
  kind: "hook";
  command: number;
  name: string;
  shielded: boolean;
  expiresAt?: number;
}

export interface Hook {
  schemas: typeof schemas;
  asked: HookAsked;
  pending: PendingHook;
  open: OpenHook;
}

/** A schema that takes more bytes is not told: it would weigh on each reading of the log. */
const LARGEST_SCHEMA = 8 * 1024;

export const hook: CommandKind<Hook> = {
  schemas,
  events: {
    "hook.created": {
      does: "opens",
      open: ({ command, hook: name, shielded, expiresAt }) => ({
        kind: "hook",
        command,
        name,
        shielded,
        ...(expiresAt !== undefined && { expiresAt }),
      }),
      goesOn: true,
    },
    "hook.received": {
      does: "settles",
      settle: ({ payload }) => ({ type: "resolved", value: decode(payload) }),
      goesOn: true,
      isNews: true,
      wakes: true,
    },
    "hook.expired": {
      does: "settles",
      settle: ({ hook: name }) => ({
        type: "rejected",
        error: new HookTimeoutError({ hook: name }),
      }),
      goesOn: true,
      isDue: true,
    },
    "hook.cancelled": { does: "cancels", isUnbegun: ({ begun }) => begun === false },
  },
  label: (name) => `hook "${name}"`,
  nameIn: ({ hook: name }) => name,
  pending: (asked, place) => ({ ...asked, ...place }),
  begin(pending, { now }) {
    const { timeoutMs } = pending;
    const schema = pending.jsonSchema();
    return {
      type: "hook.created",
      ...hookFields(pending),
      ...(timeoutMs !== undefined && { expiresAt: now + timeoutMs }),
      ...(schema && sizeOf(schema) <= LARGEST_SCHEMA && { schema }),
    };
  },
  lastsMs: ({ timeoutMs }) => timeoutMs,
  dueAt: ({ expiresAt }) => expiresAt,
  whenDue: (open) => ({ type: "hook.expired", ...hookFields(open) }),
  group: () => "asked",
  isLive: () => false,
  checkpoint: ({ name }) => `hook ${name}`,
  cancelled: (open) => ({ type: "hook.cancelled", ...hookFields(open) }),
  leftover: (open) => ({ type: "hook.cancelled", ...hookFields(open) }),
  neverBegun: (pending) => ({ type: "hook.cancelled", ...hookFields(pending), begun: false }),
};

/** What every event of a hook says of it. */
export function hookFields({ command, name, shielded }: OpenHook | PendingHook): {
  command: number;
  hook: string;
  shielded: boolean;
} {
  return { command, hook: name, shielded };
}
