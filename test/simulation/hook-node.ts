/** What a generated program asks for outside, and who answers. */
import type { Node, StepNode } from "./program.ts";

/** Somebody who hands a payload in, and asks again until he is told what became of it. */
export interface Sender {
  /** After the token is known. */
  afterMs: number;
  payload: "good" | "bad";
  /** Whether he says that it is the same delivery, when he asks again. */
  hasId: boolean;
  /** Who gets no answer asks again, this much later. */
  againAfterMs: number;
  /** He asks once more although he was answered. */
  repeats: boolean;
}

/** `const h = hook(name); give(h.token); meanwhile(); await h;` */
export interface HookNode {
  kind: "hook";
  /** Unique in its program. */
  name: string;
  timeoutMs: number | undefined;
  /** How others come to know of the token: from a step, from the code itself, or from the list of open hooks. */
  given: StepNode | "code" | "list";
  meanwhile: Node | undefined;
  senders: readonly Sender[];
}

/** Whether somebody hands in what the code can take. */
export function isAnswered({ senders }: HookNode): boolean {
  return senders.some(({ payload }) => payload === "good");
}
