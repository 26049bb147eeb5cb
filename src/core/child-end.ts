/** What the end of a child means for its parent's log. Pure. */
import { childFields, FIRST_INHERITED, type OpenChild } from "./commands/child.ts";
import { isChild } from "./commands/index.ts";
import type { LogEvent } from "./events.ts";
import type { RunState } from "./run-state.ts";
import type { Encoded } from "./value.ts";

export type ChildEnd = { command: number } & (
  | { status: "completed"; output: Encoded }
  | { status: "failed" | "cancelled" | "terminated"; error: Encoded }
);

/**
 * The event that records it; none if the log has it, or waits for it no more. After a request, a child
 * that did not complete is held: the delivery rejects what waits for it, with its failure as the cause.
 */
export function recordEnd(state: RunState, end: ChildEnd): LogEvent[] {
  const open = state.open.get(end.command);
  if (state.ended || !isLiving(open)) return [];
  const said = childFields(open);
  if (end.status === "completed") return [{ type: "child.completed", ...said, output: end.output }];
  const isStopping = state.cancellation !== undefined && !open.shielded;
  const { status, error } = end;
  return [{ type: isStopping ? "child.cancelled" : "child.failed", ...said, status, error }];
}

/** Whether the log waits for its end. */
export function isLiving(open: ReturnType<RunState["open"]["get"]>): open is OpenChild {
  return isChild(open) && !open.ended;
}

/** What it is carried over by, if it is to stay under its parent: one that goes on by itself is not. */
export function carriedBy(open: OpenChild): LogEvent | undefined {
  const isApart = open.onParentEnd === "abandon" && !open.asked;
  return isApart || open.ended ? undefined : { type: "child.carried", ...childFields(open) };
}

/** How the next log is told of it. @param index among those that are carried over. */
export function inheritedAs(
  open: OpenChild,
  { incarnation, index }: { incarnation: string; index: number },
): LogEvent {
  const { command, born = { incarnation, command }, onParentEnd, asked } = open;
  return {
    type: "child.inherited",
    ...childFields({ ...open, command: FIRST_INHERITED + index }),
    born,
    ...(onParentEnd === "abandon" && { onParentEnd }),
    ...(asked && { asked }),
  };
}

/** Whether any child lives, as far as the log tells. */
export function hasChildren({ open }: RunState): boolean {
  return open.shielded.hasChildren || open.unshielded.hasChildren;
}
