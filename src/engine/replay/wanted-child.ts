import type { WantedChild } from "../../authoring/scope.ts";
import type { PendingChild } from "../../core/commands/child.ts";
import { asError } from "../../core/errors.ts";
import { encode } from "../../core/value.ts";
import type { RunKey } from "../../ports/store.ts";
import { childKey } from "./child-key.ts";

/** A child as the code asks for it, with its input as it is now. */
export function wantedChild(
  parent: RunKey,
  {
    workflow: name,
    input,
    runId,
    tags,
    onParentEnd,
    command,
    isSettled,
  }: WantedChild & { command: number; isSettled: boolean },
): Omit<PendingChild, "command" | "shielded" | "window" | "cleanup"> {
  const { runId: child } = childKey(parent, command, runId);
  const asked = { kind: "child" as const, name, child, tags, onParentEnd };
  if (isSettled) return { ...asked, input: undefined, unkeepable: undefined };
  const what = `The input of child "${name}"`;
  try {
    return { ...asked, input: encode(input, what), unkeepable: undefined };
  } catch (error) {
    return { ...asked, input: undefined, unkeepable: asError(error, what) };
  }
}
