/**
 * The key of a child: it follows from its parent's and from the command that asks for it.
 *
 * CK1. It is the same at every replay, so a birth that is repeated is known as that.
 * CK2. A child's incarnation is keyed by its parent's, which never leaves the store: nobody can foresee
 *      it, and another run with the parent's id has children of its own.
 */
import { createHmac } from "node:crypto";
import type { RunKey } from "../../ports/store.ts";

/** @param runId of the child, if its parent's code has chosen one. */
export function childKey(
  parent: Pick<RunKey, "incarnation">,
  command: number,
  runId?: string,
): RunKey {
  return {
    runId: runId ?? `run_${derived(parent, "child.id", command)}`,
    incarnation: derived(parent, "child.incarnation", command),
  };
}

function derived(
  { incarnation }: Pick<RunKey, "incarnation">,
  what: string,
  command: number,
): string {
  return createHmac("sha256", incarnation)
    .update(`detent.${what}/${command}`)
    .digest()
    .subarray(0, 16)
    .toString("hex");
}
