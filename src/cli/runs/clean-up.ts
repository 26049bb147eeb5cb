import { fieldsOf, type RunEvent } from "../../http/client/index.ts";

/** One step of the clean-up, as the log tells. */
export interface CleanUpStep {
  step: string;
  status: "running" | "retrying" | "completed" | "failed" | "cancelled" | "abandoned";
  attempts: number;
  startedAt: Date;
  endedAt?: Date;
}

/** The steps of shields that were opened after the cancellation was delivered, in that order. */
export function cleanUpIn(events: readonly RunEvent[]): CleanUpStep[] {
  const delivery = events.findIndex(({ type }) => type === "cancellation.delivered");
  if (delivery < 0) return [];
  const others = new Set(events.slice(0, delivery).map((each) => fieldsOf(each)["command"]));
  const steps = new Map<unknown, CleanUpStep>();
  for (const event of events.slice(delivery)) {
    const { command, step, shielded, cleanup, attempt } = fieldsOf(event);
    if (cleanup === false || attempt === 0) others.add(command);
    if (typeof step !== "string" || shielded !== true || others.has(command)) continue;
    steps.set(command, updated(steps.get(command), event, step));
  }
  return [...steps.values()];
}

const STATUS_OF: Record<string, CleanUpStep["status"]> = {
  "step.retrying": "retrying",
  "step.completed": "completed",
  "step.failed": "failed",
  "step.cancelled": "cancelled",
  "step.abandoned": "abandoned",
};

function updated(before: CleanUpStep | undefined, event: RunEvent, step: string): CleanUpStep {
  const { at, type } = event;
  const { attempt, startedAt } = fieldsOf(event);
  const status = STATUS_OF[type] ?? "running";
  const isOver = status !== "running" && status !== "retrying";
  return {
    step,
    status,
    attempts: typeof attempt === "number" ? attempt : (before?.attempts ?? 1),
    startedAt: startedAt instanceof Date ? startedAt : (before?.startedAt ?? at),
    ...(isOver && { endedAt: at }),
  };
}
