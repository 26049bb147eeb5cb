/** What must be true of every log that was sent messages. */
import { isEventOf, roleOf } from "../core/commands/index.ts";
import type { EventOf, LogEvent } from "../core/events.ts";
import type { RunState } from "../core/run-state.ts";
import { type Findings, type History, isOf, isSettling, nameOf, type Recorded } from "./history.ts";

export function* numberedMessages({ events }: History): Findings {
  const ids = new Map<string, number>();
  let next = 0;
  for (const recorded of events) {
    if (!isOf(recorded, "message.received")) continue;
    const { message, messageId } = recorded.event;
    if (message !== next) yield `${nameOf(recorded)} has number ${message}, not ${next}`;
    next = message + 1;
    if (messageId === undefined) continue;
    const before = ids.get(messageId);
    if (before !== undefined) yield `messages ${before} and ${message} have the id ${messageId}`;
    ids.set(messageId, message);
  }
}

export function* receivedInOrder({ events }: History): Findings {
  const unreceived = new Queues();
  for (const recorded of events) {
    if (isOf(recorded, "receive.completed")) {
      const { channel, message } = recorded.event;
      const oldest = unreceived.oldest(channel);
      if (message !== oldest) {
        yield `${nameOf(recorded)} gets message ${message} of ${channel}, not ${oldest}`;
      }
    }
    unreceived.follow(recorded.event);
  }
}

/** Whoever appended would have handed the one to the other. */
export function* nobodyWaitsBeside({ events, request }: History): Findings {
  const unreceived = new Queues();
  const waiting = new Map<number, Recorded<EventOf<"receive.started">>>();
  for (const [order, recorded] of events.entries()) {
    const { event, position } = recorded;
    unreceived.follow(event);
    if (isOf(recorded, "receive.started")) waiting.set(recorded.event.command, recorded);
    if (isEventOf("receive", event) && isSettling(event)) waiting.delete(event.command);
    if (events[order + 1]?.position === position) continue;
    const isAsked = request !== undefined && request.position <= position;
    for (const each of waiting.values()) {
      const { channel, shielded } = each.event;
      if (unreceived.oldest(channel) === undefined || (isAsked && !shielded)) continue;
      yield `${nameOf(each)} waits after entry ${position}, and a message is there`;
    }
  }
}

/** What nobody has received, by channel. */
class Queues {
  readonly #queues = new Map<string, Set<number>>();

  follow(event: LogEvent): void {
    if (event.type === "message.received") this.#queue(event.channel).add(event.message);
    if (event.type === "receive.completed") this.#queue(event.channel).delete(event.message);
  }

  oldest(channel: string): number | undefined {
    for (const message of this.#queue(channel)) return message;
    return undefined;
  }

  #queue(channel: string): Set<number> {
    const queue = this.#queues.get(channel) ?? new Set();
    this.#queues.set(channel, queue);
    return queue;
  }
}

/** What the fold of a log knows of its messages, held against the log. */
export function* misremembered({ mailbox }: RunState, events: readonly Recorded[]): Findings {
  const sent = events.filter((each) => isOf(each, "message.received"));
  const received = events.filter((each) => isOf(each, "receive.completed"));
  const taken = new Set(received.map(({ event }) => event.message));
  const left = sent.map(({ event }) => event.message).filter((message) => !taken.has(message));
  const { count = 0 } = mailbox ?? {};
  const known = mailbox?.unreceived().map(({ message }) => message) ?? [];
  if (count !== sent.length) yield `it counts ${count} messages, not ${sent.length}`;
  if (known.join() !== left.join()) yield `it keeps messages ${known}, not ${left}`;
}

/** Whether a command may begin with the event that settles it. */
export function isTaken({ event }: Recorded): boolean {
  if (!isEventOf("receive", event)) return false;
  const role = roleOf(event);
  return role.does === "settles" && role.takes !== undefined;
}
