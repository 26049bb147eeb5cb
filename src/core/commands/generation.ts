/** The code has its run go on as new, with another input: in a log of its own, the next generation. */
import * as z from "zod/mini";
import type { DetentError } from "../errors/detent-error.ts";
import { asError } from "../errors/non-error-thrown.ts";
import { count, error, optional } from "../shown-as.ts";
import { decode, type Encoded, encode, encodeError } from "../value.ts";
import type { CommandKind, Place } from "./command.ts";

const fields = { command: count, shielded: z.boolean() };

const schemas = [
  /** There is none: its input does not fit, and the code learns that. */
  z.object({ type: z.literal("generation.refused"), ...fields, error }),
  z.object({
    type: z.literal("generation.cancelled"),
    ...fields,
    /** `false` if it was called without being awaited when the code ended, and never began. */
    begun: optional(z.literal(false)),
  }),
] as const;

interface GenerationAsked {
  kind: "generation";
  name: "continueAsNew";
  input: unknown;
}

/** With its input as it was when the code asked. */
export type PendingGeneration = Omit<GenerationAsked, "input"> &
  Place & { input: { kept: Encoded } | { unkeepable: Encoded } };

/** It is never open: the log that could say so ends with it. */
interface OpenGeneration {
  kind: "generation";
  command: number;
  name: "continueAsNew";
  shielded: boolean;
}

export interface Generation {
  schemas: typeof schemas;
  asked: GenerationAsked;
  pending: PendingGeneration;
  open: OpenGeneration;
}

export const generation: CommandKind<Generation> = {
  schemas,
  events: {
    "generation.refused": {
      does: "settles",
      settle: ({ error: why }) => ({ type: "rejected", error: decode(why) as DetentError }),
      isFirst: true,
      goesOn: true,
    },
    "generation.cancelled": { does: "cancels", isUnbegun: ({ begun }) => begun === false },
  },
  label: (name) => name,
  nameIn: () => "continueAsNew",
  pending: ({ input, ...asked }, place, isSettled) => ({
    ...asked,
    ...place,
    input: keptInput(isSettled ? undefined : input),
  }),
  begin: () => undefined,
  lastsMs: () => undefined,
  dueAt: () => undefined,
  whenDue: () => undefined,
  group: () => undefined,
  isLive: () => false,
  checkpoint: ({ name }) => name,
  cancelled: (open) => ({ type: "generation.cancelled", ...generationFields(open) }),
  leftover: (open) => ({ type: "generation.cancelled", ...generationFields(open) }),
  neverBegun: (pending) => ({
    type: "generation.cancelled",
    ...generationFields(pending),
    begun: false,
  }),
};

/** What every event of it says. */
export function generationFields({
  command,
  shielded,
}: Pick<PendingGeneration, "command" | "shielded">): { command: number; shielded: boolean } {
  return { command, shielded };
}

/** The input of what a log has refused is of no matter any more. */
function keptInput(input: unknown): PendingGeneration["input"] {
  const what = "The input of continueAsNew";
  try {
    return { kept: encode(input, what) };
  } catch (unkeepable) {
    return { unkeepable: encodeError(asError(unkeepable, what)) };
  }
}
