/** What a run waits for, as its log tells. */
import type { RunEvent } from "./shown-event.ts";
import { isExecuting, isOfCommand, type Waiting, waitAfter, waitingText } from "./shown-kinds.ts";

/** What of a run is open after these events: all of its log, from the first on. */
export function waitingFor(events: readonly RunEvent[]): Waiting[] {
  const waits = new Waits();
  for (const event of events) waits.follow(event);
  return waits.all;
}

/** What a run waits for, kept up with its log event by event. */
export class Waits {
  #open = new Map<number, Waiting>();
  #hasEnded = false;

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** In the order in which the code asked for it. */
  get all(): Waiting[] {
    return [...this.#open].sort(([a], [b]) => a - b).map(([, waiting]) => waiting);
  }

  follow(event: RunEvent): void {
    const open = this.#open;
    if (isOfCommand(event)) {
      const { command } = event;
      const waiting = waitAfter(event, open.get(command));
      open.delete(START);
      if (waiting) open.set(command, waiting);
      else open.delete(command);
      return;
    }
    switch (event.type) {
      case "workflow.started": {
        const { at, startAt } = event;
        if (!startAt) break;
        open.set(START, { kind: "start", since: at, until: startAt, shielded: false });
        break;
      }
      case "run.paused":
        open.set(RESUME, { kind: "resume", since: event.at, shielded: false });
        break;
      // A request to stop ends the pause as well.
      case "run.resumed":
      case "cancellation.requested":
        open.delete(RESUME);
        break;
      case "cancellation.delivered":
        this.#open = new Map([...open].filter(([, { shielded }]) => shielded));
        break;
      case "workflow.completed":
      case "workflow.failed":
      case "workflow.cancelled":
      case "workflow.terminated":
      case "workflow.continued":
        open.clear();
        this.#hasEnded = true;
    }
  }
}

/**
 * In one line: the first of them, since when and until when, and how many more there are. A run that
 * waits for nothing that its log knows of waits for its next turn.
 */
export function waitingLine(waiting: readonly Waiting[]): string {
  const [first, ...more] = waiting;
  if (!first) return "its next turn";
  const { since, until, shielded } = first;
  const words = [
    waitingText(first),
    `since ${timeText(since)}`,
    ...(until ? [`until ${timeText(until)}`] : []),
  ];
  const rest = more.length === 0 ? "" : `, and ${more.length} more`;
  return `${words.join(" ")}${shielded ? ", shielded" : ""}${rest}`;
}

/** To the second. */
function timeText(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

/**
 * What holds up the delivery of a cancellation that was asked for: steps that execute, and whatever
 * was begun in a shield.
 */
export function holdingUp(events: readonly RunEvent[]): Waiting[] {
  return waitingFor(events).filter((waiting) => waiting.shielded || isExecuting(waiting));
}

/** The start and the resume are no commands, and come before all of them. */
const START = -1;
const RESUME = -2;
