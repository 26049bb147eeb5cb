/** What a generated program receives, and who sends it. */
import type { Node } from "./program.ts";

/** The channels that every generated workflow names. */
export const CHANNELS = ["c0", "c1"] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** Somebody who sends a message, and asks again until he is told what became of it. */
export interface Post {
  /** After the run was started. */
  afterMs: number;
  channel: ChannelName;
  payload: "good" | "bad";
  /** By which it is told from others; two may have one. */
  messageId: string | undefined;
  /** Who gets no answer sends again, this much later. */
  againAfterMs: number;
  /** He sends it once more although he was answered. */
  repeats: boolean;
}

/** So many messages, one after the other; one that does not come in time is not waited for. */
export interface ReceiveNode {
  kind: "receive";
  channel: ChannelName;
  times: number;
  timeoutMs: number | undefined;
  /** In a `for await`. */
  iterates: boolean;
}

/** What receives, and what is sent to it. */
export interface MailNode {
  kind: "mail";
  body: Node;
  posts: readonly Post[];
}
