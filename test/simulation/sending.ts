/** What somebody hands in for a hook, and what he is told of it: in drawn worlds and in those that are explored. */
import type { DetentError } from "../../src/core/errors.ts";
import type { HookNode, Sender } from "./hook-node.ts";

/** What one sender handed in for one hook, and what he was told. */
export interface Sending {
  hook: string;
  command: number;
  payload: string;
  isGood: boolean;
  deliveryId: string | undefined;
  /** Whether the code gives the token away, which may then come into the log, or come of nothing. */
  isEarly: boolean;
  tries: number;
  /** `taken`, or the code of the error; and when. */
  answers: { told: string; reason: string | undefined; moment: number }[];
}

/** @param index tells the senders of one hook apart. */
export function sendingOf(
  { name, given }: HookNode,
  { command, index, sender }: { command: number; index: number; sender: Sender },
): Sending {
  return {
    hook: name,
    command,
    payload: `${sender.payload} ${name} ${command} ${index}`,
    isGood: sender.payload === "good",
    deliveryId: sender.hasId ? `${command}/${index}` : undefined,
    isEarly: given === "code",
    tries: 0,
    answers: [],
  };
}

const FINAL: ReadonlySet<string> = new Set([
  "hook.alreadyReceived",
  "hook.expired",
  "run.ended",
  "input.invalid",
]);

/** Whether it tells a sender what became of his payload. */
export function isFinal({ code }: DetentError): boolean {
  return FINAL.has(code);
}
