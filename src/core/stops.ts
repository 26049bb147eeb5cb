/** Which of its children a run has to stop. Pure. */
import type { OpenChild } from "./commands/child.ts";
import { isEventOf } from "./commands/index.ts";
import { ENDINGS, type LogEvent } from "./events.ts";
import type { RunState } from "./run-state.ts";

/** A child that is to stop, and what it is told. */
export interface Stop {
  child: OpenChild;
  /** Gracefully, or at once. */
  how: "cancel" | "terminate";
  reason?: string | undefined;
  requestedBy?: string | undefined;
}

/**
 * The children that a run which goes on has to ask to stop: those that its code asks, and from its own
 * request on every unshielded one that is cancelled with it, for the same reason.
 */
export function* stopsOf(state: RunState, runId: string): Generator<Stop> {
  const { cancellation, ended, open } = state;
  if (ended) return;
  yield* askedByCode(state, runId);
  if (!cancellation) return;
  const { reason, requestedBy } = cancellation;
  for (const child of open.unshielded.children()) {
    yield { child, how: "cancel", reason, requestedBy };
  }
}

/**
 * The children that end with a run: those that are cancelled with it and that still live by the entry
 * which ends it. One that is terminated terminates them.
 * @param before the run as it stood right before that entry.
 */
export function stopsAtEnd(
  before: RunState,
  events: readonly LogEvent[],
  runId: string,
): readonly Stop[] {
  const last = events.at(-1);
  const status = last && Object.hasOwn(ENDINGS, last.type) ? last.type.split(".")[1] : undefined;
  if (!last || status === undefined || !hasAny(before)) return [];
  const ended = new Set(events.flatMap((event) => (isEnd(event) ? event.command : [])));
  const isLeft = ({ child }: Stop): boolean => !ended.has(child.command);
  const why = whyAtEnd(before, events, { runId, status });
  const withIt = [before.open.shielded, before.open.unshielded].flatMap((side) =>
    [...side.children()].map((child): Stop => ({ child, ...why })),
  );
  const known = new Set(withIt.map(({ child }) => child.command));
  const others = [...askedByCode(before, runId)].filter(({ child }) => !known.has(child.command));
  return [...withIt, ...others].filter(isLeft);
}

function* askedByCode({ open }: RunState, requestedBy: string): Generator<Stop> {
  for (const side of [open.shielded, open.unshielded]) {
    for (const child of side.stopping()) {
      yield { child, how: "cancel", ...child.asked, requestedBy };
    }
  }
}

function hasAny({ open }: RunState): boolean {
  return open.shielded.hasChildren || open.unshielded.hasChildren;
}

/** Whether it says what a child came to. */
function isEnd(event: LogEvent): event is Extract<LogEvent, { command: number; child: string }> {
  return isEventOf("child", event) && event.type !== "child.abandoned";
}

function whyAtEnd(
  { cancellation }: RunState,
  events: readonly LogEvent[],
  { runId, status }: { runId: string; status: string },
): Omit<Stop, "child"> {
  const last = events.at(-1);
  if (last?.type === "workflow.terminated") {
    const { reason, requestedBy } = last;
    return { how: "terminate", reason, requestedBy };
  }
  if (cancellation) {
    const { reason, requestedBy } = cancellation;
    return { how: "cancel", reason, requestedBy };
  }
  const reason = `The run that it belongs to has ended as ${status}.`;
  return { how: "cancel", reason, requestedBy: runId };
}
