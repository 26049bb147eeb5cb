/**
 * A run's log laid out in time: a lane for each command, a mark for each moment of the whole run.
 * Pure. Times are milliseconds since the epoch.
 */
import { fieldsOf, type RunEvent, type RunEventOf } from "../../http/client/index.ts";
import { type CommandRunEvent, isOfCommand, kindIn, nameIn } from "../../http/client/kinds.ts";
import { draw } from "./kinds.ts";
import { close, type Lane } from "./lane.ts";

export interface Mark {
  kind: "paused" | "resumed" | "requested" | "delivered" | "ended";
  at: number;
  event: RunEvent;
}

/** What came on a channel. */
export interface Inbox {
  channel: string;
  messages: RunEventOf<"message.received">[];
}

export type Row = { lane: Lane } | { mark: Mark } | { inbox: Inbox };

export interface Layout {
  from: number;
  /** When the run ended, or went on in another log. */
  to: number | undefined;
  /** In the order in which they came into the log. */
  rows: Row[];
  lanes: Lane[];
  marks: Mark[];
  inboxes: Inbox[];
}

/** @param events all of a log, from its first on. */
export function layOut(events: readonly RunEvent[]): Layout {
  const layout: Layout = {
    from: events[0]?.at.getTime() ?? 0,
    to: undefined,
    rows: [],
    lanes: [],
    marks: [],
    inboxes: [],
  };
  const lanes = new Map<number, Lane>();
  const messages = new Map<number, RunEventOf<"message.received">>();
  for (const event of events) {
    if (event.type === "message.received") {
      messages.set(event.message, event);
      inboxOf(layout, event.channel).messages.push(event);
    }
    if (isOfCommand(event)) {
      const lane = laneOf(layout, lanes, event);
      draw(lane, event);
      if (event.type === "receive.completed") fill(lane, messages.get(event.message));
    } else mark(layout, event);
  }
  return layout;
}

function inboxOf({ inboxes, rows }: Layout, channel: string): Inbox {
  const known = inboxes.find((each) => each.channel === channel);
  if (known) return known;
  const inbox: Inbox = { channel, messages: [] };
  inboxes.push(inbox);
  rows.push({ inbox });
  return inbox;
}

/** What a receive got stands in an event of its own. */
function fill({ segments }: Lane, message: RunEventOf<"message.received"> | undefined): void {
  const last = segments.at(-1);
  if (last && message) Object.assign(last, { result: message.payload, sentBy: message.sentBy });
}

function laneOf(layout: Layout, lanes: Map<number, Lane>, event: CommandRunEvent): Lane {
  const { command, shielded } = event;
  const known = lanes.get(command);
  if (known) return known;
  const kind = kindIn(event);
  const delivered = layout.marks.some((each) => each.kind === "delivered");
  const lane: Lane = {
    kind,
    name: nameIn(event) ?? kind,
    command,
    shielded,
    cleanup: shielded && delivered && fieldsOf(event)["cleanup"] !== false,
    segments: [],
    ...((event.type === "child.started" || event.type === "child.inherited") && {
      child: event.child,
    }),
  };
  lanes.set(command, lane);
  layout.lanes.push(lane);
  layout.rows.push({ lane });
  return lane;
}

function mark(layout: Layout, event: RunEvent): void {
  const at = event.at.getTime();
  const kind = KIND_OF_MARK[event.type];
  if (kind === undefined) return;
  const entry: Mark = { kind, at, event };
  layout.marks.push(entry);
  layout.rows.push({ mark: entry });
  if (kind !== "delivered" && kind !== "ended") return;
  for (const lane of layout.lanes) {
    // The delivery settles whatever unshielded waits; the end settles all.
    if (kind === "ended")
      close(lane, at, lane.segments.at(-1)?.kind === "attempt" ? "abandoned" : "cancelled");
    else if (!lane.shielded) close(lane, at, "cancelled");
  }
  if (kind === "ended") layout.to = at;
}

const KIND_OF_MARK: { readonly [Type in RunEvent["type"]]?: Mark["kind"] } = {
  "run.paused": "paused",
  "run.resumed": "resumed",
  "cancellation.requested": "requested",
  "cancellation.delivered": "delivered",
  "workflow.completed": "ended",
  "workflow.failed": "ended",
  "workflow.cancelled": "ended",
  "workflow.terminated": "ended",
  "workflow.continued": "ended",
};
