/** What the timeline shows, in words: for those who do not see it, and beside what is drawn. Pure. */
import { fieldsOf } from "../../http/client/index.ts";
import { segmentText } from "./bars.ts";
import { DRAWN_KINDS } from "./kinds.ts";
import type { Lane } from "./lane.ts";
import type { Inbox, Mark } from "./layout.ts";

export function laneText(lane: Lane, now: number): string {
  const bars = lane.segments.map((segment) => segmentText(segment, now)).join(", ");
  return DRAWN_KINDS[lane.kind].title(lane) + bars;
}

/** From the first thing in a lane to the last. */
export function lengthOfLane({ segments }: Lane, now: number): number {
  const [first] = segments;
  return first === undefined ? 0 : (segments.at(-1)?.to ?? now) - first.from;
}

/** Such as `channel approvals: 2 messages, the last one from alice`. */
export function inboxText({ channel, messages }: Inbox): string {
  const last = messages.at(-1)?.sentBy;
  const count = messages.length === 1 ? "1 message" : `${messages.length} messages`;
  const from = last === undefined ? "" : messages.length === 1 ? "" : ", the last one";
  return `channel ${channel}: ${count}${from}${last === undefined ? "" : ` from ${last}`}`;
}

/** Such as `a message from alice, with the id mail-7`. */
export function messageText({ sentBy, messageId }: Inbox["messages"][number]): string {
  const from = sentBy === undefined ? "" : ` from ${sentBy}`;
  return `a message${from}${messageId === undefined ? "" : `, with the id ${messageId}`}`;
}

export function markTitle({ kind, event }: Mark): string {
  switch (kind) {
    case "paused":
      return "Paused";
    case "resumed":
      return "Resumed";
    case "requested":
      return "Cancel requested";
    case "delivered":
      return "Delivered";
    case "ended":
      if (event.type === "workflow.continued") return `Goes on in generation ${event.generation}`;
      return `Run ${event.type.replace("workflow.", "")}`;
  }
}

export function markDetail({ kind, event }: Mark): string {
  const { requestedBy: by, checkpoint, openShields } = fieldsOf(event);
  if (kind === "delivered") {
    return `at ${checkpoint}${openShields === undefined ? "" : ", although a shield waited for it"}`;
  }
  return by === undefined ? "" : `by ${by}`;
}
