/** How messages come into the log. */
import {
  ENTRY_BYTES,
  MOST_UNRECEIVED,
  MOST_UNRECEIVED_BYTES,
  SENDERS_PART,
} from "../../core/bounds.ts";
import { arrival } from "../../core/decide/messages.ts";
import { asError, ChannelFullError } from "../../core/errors.ts";
import { EVENTS_PER_ENTRY, type LogEvent } from "../../core/events.ts";
import { applyAll, mailboxOf } from "../../core/fold.ts";
import type { RunState } from "../../core/run-state.ts";
import { sizeOf } from "../../core/value.ts";
import { commitEvents } from "../commit/commit.ts";
import type { Incoming, Reception } from "../session/incoming-messages.ts";
import type { Session } from "../session/session.ts";
import { hasEnded } from "./waiting-hook.ts";

/** A run may have as many senders as it likes, each in a process of its own. */
const BACKOFF = { firstMs: 20, factor: 4, longestMs: 4_000 };
/** Each message adds two events at most. */
const MOST_AT_ONCE = Math.floor((EVENTS_PER_ENTRY - 1) / 2);

/**
 * Waits until the message has its place in the log, together with others that wait for theirs.
 * @throws why it was refused.
 */
export async function receiveIncoming(session: Session, incoming: Incoming): Promise<void> {
  session.incoming.add(incoming);
  try {
    await session.exclusive(() => receiveNext(session));
  } catch (error) {
    // Others may have written it before, or may not have come to it.
    if (session.incoming.remove(incoming)) throw error;
  }
  if (incoming.reception instanceof Error) throw incoming.reception;
}

/** The next entry of what was sent. Whoever waits calls it once, so nobody is left behind. */
async function receiveNext(session: Session): Promise<void> {
  const some = session.incoming.take(MOST_AT_ONCE, ENTRY_BYTES);
  if (some.length === 0) return;
  const write = (): Promise<LogEvent[]> =>
    commitEvents(session, (state, at) => received(session, some, { state, at }), BACKOFF);
  try {
    const events = await write();
    // What refuses a message may be out of date, as nothing was appended.
    if (events.length === 0 && (await session.catchUp())) await write();
  } catch (error) {
    for (const incoming of some) incoming.reception = asError(error, "The store");
    throw error;
  }
}

function received(
  { key: { runId } }: Session,
  some: readonly Incoming[],
  { state, at }: { state: RunState; at: number },
): LogEvent[] {
  const events: LogEvent[] = [];
  let next = state;
  for (const incoming of some) {
    const arriving = arrival(next, incoming.sending);
    const reception = receptionOf(runId, next, { incoming, isKept: arriving.length === 1 });
    incoming.reception = reception;
    incoming.isHanded = isHanded(next, incoming, arriving);
    if (reception !== "received") continue;
    events.push(...arriving);
    next = applyAll(next, arriving, at);
  }
  return events;
}

/** Whether the code may have got it by a sender's word: the run has to hear of that, at least once. */
function isHanded(
  { mailbox }: RunState,
  { reception, sending: { channel, messageId } }: Incoming,
  arriving: readonly LogEvent[],
): boolean {
  if (reception === "received") return arriving.length > 1;
  if (reception !== "duplicate" || messageId === undefined) return false;
  const message = mailbox?.numberOf(messageId);
  return message !== undefined && !mailbox?.holds({ channel, message });
}

/** @param isKept whether no receive waits for it. */
function receptionOf(
  runId: string,
  state: RunState,
  { incoming, isKept }: { incoming: Incoming; isKept: boolean },
): Reception {
  const { sending, eventLimit } = incoming;
  const { channel, messageId } = sending;
  const mailbox = mailboxOf(state);
  if (messageId !== undefined && mailbox.knows(messageId)) return "duplicate";
  if (state.ended) return hasEnded(runId, state.ended, state);
  if (state.events + 2 > SENDERS_PART * eventLimit) {
    return new ChannelFullError({ runId, channel, reason: "log" });
  }
  const bytes = mailbox.bytes + sizeOf(sending);
  if (isKept && (mailbox.size >= MOST_UNRECEIVED || bytes > MOST_UNRECEIVED_BYTES)) {
    return new ChannelFullError({ runId, channel, reason: "unreceived" });
  }
  return "received";
}
