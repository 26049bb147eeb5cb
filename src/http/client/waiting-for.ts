/** What a run waits for, as its log tells. */
import type { RunEvent } from "../../engine/engine.ts";
import { isExecuting, isOfCommand, type Waiting, waitAfter } from "./kinds.ts";

/** What of a run is open after these events: all of its log, from the first on. */
export function waitingFor(events: readonly RunEvent[]): Waiting[] {
  let open = new Map<number, Waiting>();
  for (const event of events) {
    if (isOfCommand(event)) {
      const { command } = event;
      const waiting = waitAfter(event, open.get(command));
      open.delete(START);
      if (waiting) open.set(command, waiting);
      else open.delete(command);
      continue;
    }
    switch (event.type) {
      case "workflow.started": {
        const { at, startAt } = event;
        if (!startAt) break;
        open.set(START, { kind: "start", since: at, until: startAt, shielded: false });
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
    }
  }
  return [...open].sort(([a], [b]) => a - b).map(([, waiting]) => waiting);
}

/**
 * What holds up the delivery of a cancellation that was asked for: steps that execute, and whatever
 * was begun in a shield.
 */
export function holdingUp(events: readonly RunEvent[]): Waiting[] {
  return waitingFor(events).filter((waiting) => waiting.shielded || isExecuting(waiting));
}

/** The start is no command, and comes before all of them. */
const START = -1;
