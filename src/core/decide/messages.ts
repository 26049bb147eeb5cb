/**
 * Which receive gets which message. Whoever appends decides it, by what the log says, and the entry tells:
 * the receive that waits longest gets the oldest message of its channel that nobody has received.
 *
 * CM1. No entry leaves a receive waiting that may go on, and a message of its channel beside it.
 * CM2. A sender hands its message to a receive that waits, in the same entry; so it wakes the run if it
 *      does, and need not if it does not.
 * CM3. A receive that the log does not know takes what is there, and is never recorded as waiting. If
 *      nothing is there it is recorded, and then CM2 is for whoever sends the next message.
 * CM4. From a request to cancel on, only receives in shields are handed anything. What nobody has
 *      received is kept. While the run is paused, receives that wait are handed what comes, and no other
 *      begins.
 */
import { isReceive } from "../commands/index.ts";
import { type OpenReceive, type PendingReceive, receiveFields } from "../commands/receive.ts";
import type { EventOf, LogEvent } from "../events.ts";
import { mailboxOf } from "../fold.ts";
import type { Message } from "../mailbox.ts";
import type { Outcome } from "../outcome.ts";
import { awaitedSides, type RunState } from "../run-state.ts";
import { fresh } from "./beginnings.ts";
import type { Decision } from "./decision.ts";

/** What somebody sends. */
export type Sending = Omit<Message, "message">;

/** What a message that comes now adds to the log (CM2). */
export function arrival(state: RunState, sending: Sending): LogEvent[] {
  const { channel } = sending;
  const message: Message = { message: mailboxOf(state).count, ...sending };
  const received: LogEvent = { type: "message.received", ...message };
  const waiting = longestWaiting(state, channel);
  return waiting ? [received, handedTo(waiting, message)] : [received];
}

/** What the code asks for and is there already (CM3). */
export function takeMessages(state: RunState, outcome: Outcome): Decision | undefined {
  if (mailboxOf(state).size === 0) return undefined;
  let mailbox = mailboxOf(state);
  const events: LogEvent[] = [];
  for (const issued of fresh(state, outcome).filter(isReceive)) {
    const message = mailbox.next(issued.name);
    if (!message) continue;
    mailbox = mailbox.without(message);
    events.push(handedTo(issued, message));
  }
  return events.length === 0 ? undefined : { events, next: { type: "replay" } };
}

function longestWaiting(state: RunState, channel: string): OpenReceive | undefined {
  const first = awaitedSides(state).flatMap((side): OpenReceive[] => {
    for (const open of side.receives()) if (open.name === channel) return [open];
    return [];
  });
  return first.sort((a, b) => a.command - b.command)[0];
}

function handedTo(
  receive: OpenReceive | PendingReceive,
  { message }: Message,
): EventOf<"receive.completed"> {
  return { type: "receive.completed", ...receiveFields(receive), message };
}
