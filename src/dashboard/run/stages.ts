/** How far a cancellation has come, told in its four stages. Pure. */
import {
  holdingUp,
  isEnded,
  type Run,
  type RunEvent,
  type Waiting,
  waitingFor,
} from "../../http/client/index.ts";
import { isWork, waitingText } from "../../http/client/kinds.ts";
import { durationText, timeText } from "../time-text.ts";

export interface Stage {
  name: "Requested" | "Delivered" | "Clean-up" | "Ended";
  /** `missed`: it never came to it. */
  state: "done" | "active" | "waiting" | "missed";
  /** When it was reached. */
  at?: Date;
  text: string;
}

/** Nothing of a run that nobody asked to stop. */
export function stagesOf(run: Run, events: readonly RunEvent[]): Stage[] {
  const { cancellation } = run;
  if (!cancellation) return [];
  const { requestedAt, requestedBy } = cancellation;
  const requested: Stage = {
    name: "Requested",
    state: "done",
    at: requestedAt,
    text: requestedBy === undefined ? "by somebody who gave no name" : `by ${requestedBy}`,
  };
  return [requested, delivery(run, events), cleanup(run, events), ending(run)];
}

function delivery(run: Run, events: readonly RunEvent[]): Stage {
  const name = "Delivered";
  const { deliveredAt, checkpoint, requestedAt } = run.cancellation ?? {};
  if (deliveredAt && requestedAt) {
    const after = durationText(deliveredAt.getTime() - requestedAt.getTime());
    const where = checkpoint === undefined ? "" : `at ${checkpoint}, `;
    return { name, state: "done", at: deliveredAt, text: `${where}${after} after the request` };
  }
  if (isEnded(run.status)) return { name, state: "missed", text: whyNotDelivered(run, events) };
  const held = holdingUp(events).map(nameOf);
  const first =
    held.length === 0 ? "" : `: ${held.join(", ")} ${held.length === 1 ? "is" : "are"} let finish`;
  return { name, state: "active", text: `waiting for the next checkpoint${first}` };
}

function whyNotDelivered({ status, cancellation }: Run, events: readonly RunEvent[]): string {
  if (cancellation?.tooLate) return "too late: the work was already done";
  if (status === "terminated") return "never: the run was terminated before it";
  return events.some(({ type }) => type === "step.started" || type === "step.scheduled")
    ? "never: the run ended before a checkpoint"
    : "not needed: no code of the run had begun";
}

function cleanup(run: Run, events: readonly RunEvent[]): Stage {
  const name = "Clean-up";
  const { cleanup: record, deliveredAt } = run.cancellation ?? {};
  if (isEnded(run.status)) {
    if (!record) return { name, state: "missed", text: "none" };
    const { steps, finished, durationMs } = record;
    const what = steps === 0 ? "nothing to do" : `${countOf(steps, "step")}`;
    if (finished) {
      return { name, state: "done", text: `${what}, finished in ${durationText(durationMs)}` };
    }
    return { name, state: "missed", text: `${what}, cut off after ${durationText(durationMs)}` };
  }
  if (!deliveredAt) return { name, state: "waiting", text: "begins after the delivery" };
  const running = waitingFor(events).filter(isWork).map(nameOf);
  const text = running.length === 0 ? "under way" : `${running.join(", ")} is under way`;
  return { name, state: "active", text };
}

function ending({ status, endedAt, cancellation }: Run): Stage {
  const name = "Ended";
  if (!isEnded(status) || !endedAt || !cancellation) {
    const { deadline } = cancellation ?? {};
    const last = deadline ? `by ${timeText(deadline)} at the latest` : "";
    return { name, state: "waiting", text: last };
  }
  const after = durationText(endedAt.getTime() - cancellation.requestedAt.getTime());
  const swallowed = cancellation.swallowed ? ", the cancellation was swallowed" : "";
  const text = `${status}${swallowed}, ${after} after the request`;
  return { name, state: "done", at: endedAt, text };
}

/** What is no step holds something up only in a shield. */
function nameOf(waiting: Waiting): string {
  const { kind, step, hook } = waiting;
  if (step !== undefined) return step;
  if (kind === "receive") return `a shielded wait for a ${waitingText(waiting)}`;
  return hook === undefined ? `a shielded ${kind}` : `shielded ${waitingText(waiting)}`;
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
