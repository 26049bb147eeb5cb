/**
 * A run's log laid out in time: a lane for each command, a mark for each moment of the whole run.
 * Pure. Times are milliseconds since the epoch.
 */
import { fieldsOf, type RunEvent, type RunEventOf } from "../../http/client/index.ts";

/** How something in a lane ended; `open` if it has not. */
export type Outcome =
  | "open"
  | "completed"
  | "failed"
  | "cancelled"
  /** Still executing when the run ended. */
  | "abandoned"
  /** Its function died: another attempt took its place. */
  | "lost"
  /** Called without being awaited when the code ended. */
  | "unbegun";

export interface Segment {
  /** `queued`: scheduled, not started. `backoff`: the pause before the next attempt. */
  kind: "queued" | "attempt" | "backoff" | "sleep";
  from: number;
  /** Nothing while it is open. */
  to: number | undefined;
  outcome: Outcome;
  /** Of an attempt, from 1. */
  attempt?: number;
  /** When a pause ends by itself. */
  until?: number | undefined;
  /** It outlived its timeout, and its code was left behind while it still executed. */
  leftBehind?: true | undefined;
  result?: unknown;
  error?: unknown;
}

export interface Lane {
  kind: "step" | "sleep";
  command: number;
  name: string;
  shielded: boolean;
  /** Of a shield that was opened after the cancellation was delivered. */
  cleanup: boolean;
  segments: Segment[];
}

export interface Mark {
  kind: "requested" | "delivered" | "ended";
  at: number;
  event: RunEvent;
}

export type Row = { lane: Lane } | { mark: Mark };

export interface Layout {
  from: number;
  /** When the run ended. */
  to: number | undefined;
  /** In the order in which they came into the log. */
  rows: Row[];
  lanes: Lane[];
  marks: Mark[];
}

/** @param events all of a log, from its first on. */
export function layOut(events: readonly RunEvent[]): Layout {
  const layout: Layout = {
    from: events[0]?.at.getTime() ?? 0,
    to: undefined,
    rows: [],
    lanes: [],
    marks: [],
  };
  const lanes = new Map<number, Lane>();
  for (const event of events) {
    if (isOfCommand(event)) draw(laneOf(layout, lanes, event), event);
    else mark(layout, event);
  }
  return layout;
}

/** What the log tells of a command. */
type CommandEvent = Extract<RunEvent, { shielded: boolean }>;
function isOfCommand(event: RunEvent): event is CommandEvent {
  return /^(step|sleep)\./.test(event.type);
}

type StepEnd = RunEventOf<"step.completed" | "step.failed" | "step.cancelled" | "step.abandoned">;

function laneOf(layout: Layout, lanes: Map<number, Lane>, event: CommandEvent): Lane {
  const { command, shielded } = event;
  const known = lanes.get(command);
  if (known) return known;
  const delivered = layout.marks.some((each) => each.kind === "delivered");
  const lane: Lane = {
    ...("step" in event ? { kind: "step", name: event.step } : { kind: "sleep", name: "sleep" }),
    command,
    shielded,
    cleanup: shielded && delivered && fieldsOf(event)["cleanup"] !== false,
    segments: [],
  };
  lanes.set(command, lane);
  layout.lanes.push(lane);
  layout.rows.push({ lane });
  return lane;
}

function draw(lane: Lane, event: CommandEvent): void {
  const at = event.at.getTime();
  switch (event.type) {
    case "step.scheduled":
      open(lane, "queued", at);
      break;
    case "step.started":
      close(lane, at, "lost");
      open(lane, "attempt", at, { attempt: event.attempt });
      break;
    case "step.retrying":
      close(lane, at, "failed", failureOf(event));
      open(lane, "backoff", at, { until: event.retryAt.getTime() });
      break;
    case "sleep.started":
      open(lane, "sleep", at, { until: event.until.getTime() });
      break;
    case "sleep.completed":
      close(lane, at, "completed");
      break;
    case "sleep.cancelled":
      if (event.begun === false) open(lane, "sleep", at);
      close(lane, at, event.begun === false ? "unbegun" : "cancelled");
      break;
    case "step.completed":
      finish(lane, event, "completed", { result: event.result });
      break;
    case "step.failed":
      finish(lane, event, "failed", failureOf(event));
      break;
    case "step.cancelled":
      finish(lane, event, "cancelled", failureOf(event));
      break;
    case "step.abandoned":
      if (event.attempt === 0) open(lane, "attempt", at);
      finish(lane, event, event.attempt === 0 ? "unbegun" : "abandoned", {});
  }
}

function failureOf({
  error,
  leftBehind,
}: {
  error?: unknown;
  leftBehind?: true | undefined;
}): Partial<Segment> {
  return { error, ...(leftBehind && { leftBehind }) };
}

/** The end of a step; of a task it is the first that the log tells of its last attempt. */
function finish(lane: Lane, event: StepEnd, outcome: Outcome, more: Partial<Segment>): void {
  if ("startedAt" in event && event.startedAt) {
    const started = event.startedAt.getTime();
    close(lane, started, "lost");
    open(lane, "attempt", started, { attempt: event.attempt });
  }
  close(lane, event.at.getTime(), outcome, more);
}

function open(lane: Lane, kind: Segment["kind"], from: number, more: Partial<Segment> = {}): void {
  lane.segments.push({ kind, from, to: undefined, outcome: "open", ...more });
}

/** What only waits for an attempt is over when that begins, whatever comes of the attempt. */
function close(lane: Lane, at: number, outcome: Outcome, more: Partial<Segment> = {}): void {
  const last = lane.segments.at(-1);
  if (!last || last.to !== undefined) return;
  const isWait = last.kind === "queued" || last.kind === "backoff";
  Object.assign(last, more, {
    to: at,
    outcome: isWait && outcome === "lost" ? "completed" : outcome,
  });
}

function mark(layout: Layout, event: RunEvent): void {
  const at = event.at.getTime();
  const kind = KIND_OF_MARK[event.type];
  if (kind === undefined) return;
  const entry: Mark = { kind, at, event };
  layout.marks.push(entry);
  layout.rows.push({ mark: entry });
  if (kind === "requested") return;
  for (const lane of layout.lanes) {
    // The delivery settles whatever unshielded waits; the end settles all.
    if (kind === "ended")
      close(lane, at, lane.segments.at(-1)?.kind === "attempt" ? "abandoned" : "cancelled");
    else if (!lane.shielded) close(lane, at, "cancelled");
  }
  if (kind === "ended") layout.to = at;
}

const KIND_OF_MARK: { readonly [Type in RunEvent["type"]]?: Mark["kind"] } = {
  "cancellation.requested": "requested",
  "cancellation.delivered": "delivered",
  "workflow.completed": "ended",
  "workflow.failed": "ended",
  "workflow.cancelled": "ended",
  "workflow.terminated": "ended",
};
