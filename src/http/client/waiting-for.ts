/** What a run waits for, as its log tells. */
import type { RunEvent, RunEventOf } from "../../engine/engine.ts";

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
  let open = new Map<number, Waiting>();
  for (const event of events) {
    switch (event.type) {
      case "workflow.started":
        if (event.startAt) {
          open.set(START, {
            kind: "start",
            since: event.at,
            until: event.startAt,
            shielded: false,
          });
        }
        break;
      case "step.scheduled":
      case "step.started":
        open.delete(START);
        open.set(event.command, waitingStep("step", event));
        break;
      case "step.retrying":
        open.set(event.command, { ...waitingStep("retry", event), until: event.retryAt });
        break;
      case "sleep.started": {
        const { at, until, shielded } = event;
        open.delete(START);
        open.set(event.command, { kind: "sleep", since: at, until, shielded });
        break;
      }
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
        open.delete(event.command);
    }
  }
  return [...open].sort(([a], [b]) => a - b).map(([, waiting]) => waiting);
}

/**
 * What holds up the delivery of a cancellation that was asked for: steps that execute, and whatever
 * was begun in a shield.
 */
export function holdingUp(events: readonly RunEvent[]): Waiting[] {
  return waitingFor(events).filter(({ kind, shielded }) => shielded || kind === "step");
}

/** The start is no command, and comes before all of them. */
const START = -1;

function waitingStep(
  kind: "step" | "retry",
  { at, step, attempt, shielded }: RunEventOf<"step.scheduled" | "step.started" | "step.retrying">,
): Waiting {
  return { kind, step, attempt, since: at, shielded };
}
