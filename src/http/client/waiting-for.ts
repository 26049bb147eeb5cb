/** What a run waits for, as its log tells. */
import type { RunEvent } from "../../engine/engine.ts";

export interface Waiting {
  /** `start` is the time that a run was given to begin at. */
  kind: "start" | "step" | "retry" | "sleep";
  /** Of the step. */
  step?: string;
  attempt?: number;
  /** Since when it waits for just this. */
  since: Date;
  /** When it goes on by itself, if that is known. */
  until?: Date;
  shielded: boolean;
}

/** What of a run is open after these events: all of its log, from the first on. */
export function waitingFor(events: readonly RunEvent[]): Waiting[] {
  let open = new Map<unknown, Waiting>();
  for (const event of events) {
    const command = event["command"];
    switch (event.type) {
      case "workflow.started":
        if (event["startAt"] instanceof Date) open.set(command, opened("start", event, "startAt"));
        break;
      case "step.scheduled":
      case "step.started":
        open.delete(START);
        open.set(command, opened("step", event));
        break;
      case "step.retrying":
        open.set(command, opened("retry", event, "retryAt"));
        break;
      case "sleep.started":
        open.delete(START);
        open.set(command, opened("sleep", event, "until"));
        break;
      case "cancellation.delivered":
        open = new Map([...open].filter(([, { shielded }]) => shielded));
        break;
      case "workflow.completed":
      case "workflow.failed":
      case "workflow.cancelled":
      case "workflow.terminated":
        return [];
      case "step.completed":
      case "step.failed":
      case "step.cancelled":
      case "step.abandoned":
      case "sleep.completed":
      case "sleep.cancelled":
        open.delete(command);
    }
  }
  return [...open.values()];
}

/** The start is no command, so its place is that of none. */
const START = undefined;

function opened(kind: Waiting["kind"], event: RunEvent, until?: string): Waiting {
  const { at, step, attempt, shielded } = event;
  const time = until === undefined ? undefined : event[until];
  return {
    kind,
    ...(typeof step === "string" && { step }),
    ...(typeof attempt === "number" && { attempt }),
    since: at,
    ...(time instanceof Date && { until: time }),
    shielded: shielded === true,
  };
}
