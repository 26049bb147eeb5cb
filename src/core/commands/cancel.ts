/** What the code asks of a child: to stop. It is told at once, and has no say in when the child does. */
import * as z from "zod/mini";
import { count, optional } from "../shown-as.ts";
import type { CommandKind, Place } from "./command.ts";

const fields = {
  command: count,
  /** The id of the child's run. */
  child: z.string(),
  workflow: z.string(),
  shielded: z.boolean(),
  /** The command that the child was started by. */
  target: count,
};

const schemas = [
  z.object({
    type: z.literal("child.cancelRequested"),
    ...fields,
    reason: optional(z.string()),
  }),
  /** It was called without being awaited when the code ended, and nobody was asked. */
  z.object({ type: z.literal("child.cancelAbandoned"), ...fields }),
] as const;

interface CancelAsked {
  kind: "cancel";
  /** Of the child's workflow. */
  name: string;
  child: string;
  target: number;
  reason: string | undefined;
}

export type PendingCancel = CancelAsked & Place;

/** It is over with its first event, so it is never open. */
interface OpenCancel {
  kind: "cancel";
  command: number;
  name: string;
  shielded: boolean;
}

export interface Cancel {
  schemas: typeof schemas;
  asked: CancelAsked;
  pending: PendingCancel;
  open: OpenCancel;
}

export const cancel: CommandKind<Cancel> = {
  schemas,
  events: {
    "child.cancelRequested": {
      does: "settles",
      settle: () => ({ type: "resolved", value: undefined }),
      isFirst: true,
      goesOn: true,
    },
    "child.cancelAbandoned": { does: "cancels", isUnbegun: () => true },
  },
  label: (name) => `cancel of child "${name}"`,
  nameIn: ({ workflow }) => workflow,
  pending: (asked, place) => ({ ...asked, ...place }),
  begin: (pending) => ({
    type: "child.cancelRequested",
    ...cancelFields(pending),
    ...(pending.reason !== undefined && { reason: pending.reason }),
  }),
  lastsMs: () => undefined,
  dueAt: () => undefined,
  whenDue: () => undefined,
  group: () => undefined,
  isLive: () => false,
  checkpoint: ({ name }) => `cancel of child ${name}`,
  cancelled: () => undefined,
  leftover: () => undefined,
  neverBegun: (pending) => ({ type: "child.cancelAbandoned", ...cancelFields(pending) }),
};

function cancelFields({ command, child, name, shielded, target }: PendingCancel): {
  command: number;
  child: string;
  workflow: string;
  shielded: boolean;
  target: number;
} {
  return { command, child, workflow: name, shielded, target };
}
