/** What a run's head must say, given its log. */
import { isEnded } from "../core/run.ts";
import type { RunHead } from "../ports/store.ts";
import { cleanupOf, familyOf, type History, isOf } from "./history.ts";
import { lastPause } from "./pause-invariants.ts";

/**
 * A run that goes on is held only to what is written in one transaction with the log; the rest of
 * its head may be a little behind.
 */
export function* disagreements(history: History, head: RunHead): Generator<string> {
  const last = history.log.at(-1)?.position ?? 0;
  if (head.position > last) yield `it was written at ${head.position}, and the log ends at ${last}`;
  yield* ending(history, head);
  yield* cancellation(history, head);
  yield* termination(history, head);
  yield* pause(history, head);
}

/** Since when it is paused, by whom and why; of a run that is not, nothing. */
function* pause(history: History, { pause: record, status }: RunHead): Generator<string> {
  const paused = lastPause(history);
  if ((status === "paused") !== (paused !== undefined)) yield `it says ${status}`;
  if (record?.at !== paused?.at) yield `it is paused since ${record?.at}`;
  if (!paused || !isOf(paused, "run.paused")) return;
  for (const field of ["reason", "requestedBy"] as const) {
    if (record?.[field] !== paused.event[field])
      yield `the ${field} of its pause is ${record?.[field]}`;
  }
}

function* ending({ end }: History, head: RunHead): Generator<string> {
  if (!end) {
    if (isEnded(head.status)) yield `it says ${head.status}, and the log has no end`;
    else if (head.dueAt === undefined) yield "the run goes on, and the sweep does not know it";
    return;
  }
  const expected = end.event.type.slice("workflow.".length);
  if (head.status !== expected) yield `it says ${head.status}, and the log ${expected}`;
  if (head.position !== end.position) yield `it was last written at ${head.position}`;
  if (head.endedAt !== end.at) yield `it ended at ${head.endedAt}, and the log at ${end.at}`;
  if (head.dueAt !== undefined) yield "it has ended and is due";
  if (head.problem) yield "it has ended and shows a problem";
  if (head.expiresAt === undefined) yield "it has ended and is kept for ever";
  if (head.closing) {
    const { event } = end;
    const said = "output" in head.closing ? head.closing.output : head.closing.error;
    const meant = "output" in event ? event.output : "error" in event ? event.error : undefined;
    if (JSON.stringify(said) !== JSON.stringify(meant)) yield "it closes with another value";
  }
}

function* cancellation(history: History, head: RunHead): Generator<string> {
  const { request, delivery, end } = history;
  const record = head.cancellation;
  if (!request) {
    if (record) yield "it knows of a request that is not in the log";
    if (head.status === "cancelling") yield "it is cancelling without a request";
    return;
  }
  if (!record) return yield "it does not know of the request";
  if (!end && head.status !== "cancelling") yield `it says ${head.status} after the request`;
  for (const field of ["reason", "requestedBy", "requestedAt"] as const) {
    if (record[field] !== request.event[field]) yield `its ${field} is ${record[field]}`;
  }
  if (record.deliveredAt !== undefined || end) {
    if (record.deliveredAt !== delivery?.at) yield `it was delivered at ${record.deliveredAt}`;
    if (record.checkpoint !== delivery?.event.checkpoint) yield `it landed at ${record.checkpoint}`;
  }
  const deadline = record.deliveredAt === undefined ? undefined : delivery?.event.deadline;
  if (record.deadline !== deadline) yield `its grace ends at ${record.deadline}`;
  const family = JSON.stringify(familyOf(history));
  if (end && JSON.stringify(record.children) !== family) {
    yield `it counts its children as ${JSON.stringify(record.children)}, not as ${family}`;
  }
  const isStopped = end !== undefined && isOf(end, "workflow.terminated");
  const tooLate = end !== undefined && !isStopped && delivery === undefined;
  if ((record.tooLate ?? false) !== tooLate) yield `tooLate is ${record.tooLate}`;
  const swallowed = delivery !== undefined && end !== undefined && isOf(end, "workflow.completed");
  if ((record.swallowed ?? false) !== swallowed) yield `swallowed is ${record.swallowed}`;
  if (!end || !delivery) {
    if (record.cleanup) yield "it measured a clean-up that is not over";
    return;
  }
  const steps = cleanupOf(history).length;
  if (record.cleanup?.steps !== steps) yield `it counts ${record.cleanup?.steps} steps of clean-up`;
  if (record.cleanup?.durationMs !== end.at - delivery.at) {
    yield `its clean-up took ${record.cleanup?.durationMs} ms`;
  }
  const isDone = isOf(end, "workflow.cancelled", "workflow.completed");
  if ((isDone && !record.cleanup?.finished) || (isStopped && record.cleanup?.finished)) {
    yield `it says that clean-up ${record.cleanup?.finished ? "was" : "was not"} finished`;
  }
}

/** Who ended the run at once, and why; of a run that ended otherwise, nothing. */
function* termination({ end }: History, { termination: record }: RunHead): Generator<string> {
  const order = end && isOf(end, "workflow.terminated") ? end : undefined;
  if (record?.at !== order?.at) yield `it was terminated at ${record?.at}`;
  for (const field of ["reason", "requestedBy"] as const) {
    const told = record?.[field];
    if (told !== order?.event[field]) yield `the ${field} of its termination is ${told}`;
  }
}
