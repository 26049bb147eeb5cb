/**
 * What was sent to the channels of a run: what nobody has received yet, in the order of the log, and by
 * which ids their senders tell their messages. Immutable; a change costs the logarithm of what is kept.
 */
import { SortedMap } from "./sorted-map.ts";
import { type Encoded, sizeOf } from "./value.ts";

export interface Message {
  /** Which one of all that the run was sent, from 0. */
  message: number;
  channel: string;
  payload: Encoded;
  messageId?: string | undefined;
  sentBy?: string | undefined;
}

type Queue = SortedMap<number, Message>;

const byNumber = (a: number, b: number): number => a - b;
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Contents {
  /** How many messages came so far. */
  count: number;
  /** What nobody has received, by channel. */
  queues: SortedMap<string, Queue>;
  /** How many that are, and how many bytes. */
  size: number;
  bytes: number;
  /** Of every message that has one, received or not. */
  ids: SortedMap<string, number>;
  /** Those of messages that came to the generation before, and are not kept here. */
  former: SortedMap<string, true>;
}

export class Mailbox {
  static readonly empty = new Mailbox({
    count: 0,
    queues: SortedMap.empty(byText),
    size: 0,
    bytes: 0,
    ids: SortedMap.empty(byText),
    former: SortedMap.empty(byText),
  });

  readonly #contents: Contents;

  private constructor(contents: Contents) {
    this.#contents = contents;
  }

  /** How many messages came so far: the number of the next one. */
  get count(): number {
    return this.#contents.count;
  }

  /** How many messages nobody has received. */
  get size(): number {
    return this.#contents.size;
  }

  /** How many bytes those take. */
  get bytes(): number {
    return this.#contents.bytes;
  }

  /** The oldest message of a channel that nobody has received. */
  next(channel: string): Message | undefined {
    for (const message of this.#contents.queues.get(channel)?.values() ?? []) return message;
    return undefined;
  }

  /** Whether a message has come with this id. */
  knows(messageId: string): boolean {
    const { ids, former } = this.#contents;
    return ids.get(messageId) !== undefined || former.get(messageId) !== undefined;
  }

  /** The message that came with this id, if it is one of this generation. */
  numberOf(messageId: string): number | undefined {
    return this.#contents.ids.get(messageId);
  }

  /** The ids with which messages came to this generation, in the order in which they came. */
  ids(): string[] {
    return [...this.#contents.ids.entries()].sort(([, a], [, b]) => a - b).map(([id]) => id);
  }

  /** The same of messages that came before it. */
  remembering(messageIds: readonly string[]): Mailbox {
    let { former } = this.#contents;
    for (const id of messageIds) former = former.with(id, true);
    return new Mailbox({ ...this.#contents, former });
  }

  /** Whether nobody has received a message. */
  holds({ channel, message }: Pick<Message, "channel" | "message">): boolean {
    return this.#queue(channel).get(message) !== undefined;
  }

  /** What nobody has received, in the order in which it came. */
  unreceived(): Message[] {
    return [...this.#contents.queues.values()]
      .flatMap((queue) => [...queue.values()])
      .sort((a, b) => a.message - b.message);
  }

  with(sent: Message): Mailbox {
    const { count, queues, size, bytes, ids } = this.#contents;
    const { channel, message, messageId } = sent;
    return new Mailbox({
      ...this.#contents,
      count: Math.max(count, message + 1),
      queues: queues.with(channel, this.#queue(channel).with(message, sent)),
      size: size + 1,
      bytes: bytes + sizeOf(sent),
      ids: messageId === undefined ? ids : ids.with(messageId, message),
    });
  }

  /** Somebody has received it. */
  without({ channel, message }: Pick<Message, "channel" | "message">): Mailbox {
    const { queues, size, bytes } = this.#contents;
    const queue = this.#queue(channel);
    const taken = queue.get(message);
    if (!taken) return this;
    const rest = queue.without(message);
    return new Mailbox({
      ...this.#contents,
      queues: rest.size === 0 ? queues.without(channel) : queues.with(channel, rest),
      size: size - 1,
      bytes: bytes - sizeOf(taken),
    });
  }

  #queue(channel: string): Queue {
    return this.#contents.queues.get(channel) ?? SortedMap.empty(byNumber);
  }
}
