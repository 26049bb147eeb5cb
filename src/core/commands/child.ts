/** A run that this one starts and belongs to: it is born, and in the end it tells what it came to. */
import * as z from "zod/mini";
import { ChildFailedError } from "../errors/child-errors.ts";
import type { DetentError } from "../errors/detent-error.ts";
import { count, error, optional, shown, value } from "../shown-as.ts";
import { decode, type Encoded, encodeError } from "../value.ts";
import type { Beginning, CommandKind, Place } from "./command.ts";

/** What becomes of a child once its parent is cancelled or ends. */
export type OnParentEnd = "cancel" | "abandon";

const fields = {
  command: count,
  /** The id of its run. */
  child: z.string(),
  workflow: z.string(),
  shielded: z.boolean(),
};

const schemas = [
  z.object({
    type: z.literal("child.started"),
    ...fields,
    /** It is cancelled with its parent, unless this says that it goes on. */
    onParentEnd: optional(z.literal("abandon")),
  }),
  /** There is none: nothing was written of it. */
  z.object({ type: z.literal("child.refused"), ...fields, error }),
  z.object({ type: z.literal("child.completed"), ...fields, output: value }),
  z.object({
    type: z.literal("child.failed"),
    ...fields,
    status: z.enum(["failed", "cancelled", "terminated"]),
    error,
  }),
  /** It did not complete, and its parent is asked to stop: the delivery says so, with this as its cause. */
  z.object({
    type: z.literal("child.cancelled"),
    ...fields,
    status: z.enum(["failed", "cancelled", "terminated"]),
    error,
  }),
  /** It lives on under the next generation of its parent, as `child.inherited` says there. */
  z.object({ type: z.literal("child.carried"), ...fields }),
  /** A generation before has started it. Nothing waits for its end but the end of its parent. */
  z.object({
    type: z.literal("child.inherited"),
    ...fields,
    onParentEnd: optional(z.literal("abandon")),
    /** Under which log and by which command it was born. */
    born: shown("nothing", z.object({ incarnation: z.string(), command: count })),
    /** It was asked to stop. */
    asked: optional(z.object({ reason: optional(z.string()) })),
  }),
  z.object({
    type: z.literal("child.abandoned"),
    ...fields,
    /** `false` if it was called without being awaited when the code ended, and was never born. */
    begun: optional(z.literal(false)),
  }),
] as const;

interface ChildAsked {
  kind: "child";
  /** Of its workflow. */
  name: string;
  /** Of its run. */
  child: string;
  input: Encoded | undefined;
  /** Why its input cannot be kept. */
  unkeepable: Error | undefined;
  tags: readonly string[];
  onParentEnd: OnParentEnd;
}

export type PendingChild = ChildAsked & Place;

export interface OpenChild {
  kind: "child";
  command: number;
  name: string;
  shielded: boolean;
  child: string;
  onParentEnd: OnParentEnd;
  /** When, and in which entry, this log has begun it. */
  since?: { at: number; position: number };
  /** Set once its code asked it to stop. */
  asked?: AskedToStop;
  /** It has ended, and a delivery will say so. */
  ended?: true;
  /** A generation before has started it: in that log, by that command. */
  born?: { incarnation: string; command: number };
}

/** The numbers of inherited children, which no command of the code has: it issues never so many. */
export const FIRST_INHERITED = 1_000_000_000;

export interface AskedToStop {
  reason?: string | undefined;
}

export interface Child {
  schemas: typeof schemas;
  asked: ChildAsked;
  pending: PendingChild;
  open: OpenChild;
}

export const child: CommandKind<Child> = {
  schemas,
  events: {
    "child.started": {
      does: "opens",
      open: (
        { command, child: runId, workflow: name, shielded, onParentEnd },
        { at, position },
      ) => ({
        kind: "child",
        command,
        name,
        shielded,
        child: runId,
        onParentEnd: onParentEnd ?? "cancel",
        since: { at, position },
      }),
      tells: ({ child: runId }) => runId,
      goesOn: true,
    },
    "child.refused": {
      does: "settles",
      settle: ({ error: why }) => ({ type: "rejected", error: decode(why) as DetentError }),
      isFirst: true,
    },
    "child.completed": {
      does: "settles",
      settle: ({ output }) => ({ type: "resolved", value: decode(output) }),
      isNews: true,
    },
    "child.failed": {
      does: "settles",
      settle: (event) => ({ type: "rejected", error: failureIn(event) }),
      isNews: true,
    },
    "child.cancelled": {
      does: "cancels",
      open: ({ command, child: runId, workflow: name, shielded }) => ({
        kind: "child",
        command,
        name,
        shielded,
        child: runId,
        onParentEnd: "cancel",
        ended: true,
      }),
      cause: (event) => encodeError(failureIn(event)),
      isNews: true,
    },
    "child.carried": { does: "cancels" },
    "child.inherited": {
      does: "opens",
      open: ({ command, child: runId, workflow: name, shielded, onParentEnd, born, asked }) => ({
        kind: "child",
        command,
        name,
        shielded,
        child: runId,
        onParentEnd: onParentEnd ?? "cancel",
        born,
        ...(asked && { asked }),
      }),
    },
    "child.abandoned": { does: "cancels", isUnbegun: ({ begun }) => begun === false },
  },
  label: (name) => `child "${name}"`,
  nameIn: ({ workflow }) => workflow,
  pending: (asked, place) => ({ ...asked, ...place }),
  begin: (pending, moment) => birthOf(pending, moment),
  lastsMs: () => undefined,
  dueAt: () => undefined,
  whenDue: () => undefined,
  group({ onParentEnd, asked, ended }) {
    if (ended) return undefined;
    if (asked) return "stopping";
    return onParentEnd === "cancel" ? "children" : "apart";
  },
  isLive: () => false,
  checkpoint: ({ name }) => `child ${name}`,
  cancelled: (open) => (open.ended ? undefined : { type: "child.abandoned", ...childFields(open) }),
  leftover: (open) => (open.ended ? undefined : { type: "child.abandoned", ...childFields(open) }),
  neverBegun: (pending) => ({ type: "child.abandoned", ...childFields(pending), begun: false }),
};

/** Nothing as long as nobody has found out whether it may be born. */
function birthOf(
  pending: PendingChild,
  { births }: Beginning,
): z.output<(typeof schemas)[0 | 1]> | undefined {
  const birth = births.get(pending.command);
  if (!birth) return undefined;
  const said = childFields(pending);
  if (birth.type === "refused") return { type: "child.refused", ...said, error: birth.error };
  const { onParentEnd } = pending;
  return {
    type: "child.started",
    ...said,
    ...(onParentEnd === "abandon" && { onParentEnd }),
  };
}

function failureIn({
  child: runId,
  workflow,
  status,
  error: cause,
}: z.output<(typeof schemas)[3 | 4]>): ChildFailedError {
  return new ChildFailedError({ runId, workflow, status, cause: decode(cause) });
}

/** What every event of a child says of it. */
export function childFields({
  command,
  child: runId,
  name,
  shielded,
}: Pick<OpenChild, "command" | "child" | "name" | "shielded">): {
  command: number;
  child: string;
  workflow: string;
  shielded: boolean;
} {
  return { command, child: runId, workflow: name, shielded };
}
