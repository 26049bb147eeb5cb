/** What is explored: a small workflow, and what is asked of its run. */
import type { Engine } from "../../src/engine/engine.ts";
import type { Role } from "../simulation/cast.ts";
import type { Post, ReceiveNode } from "../simulation/channel-node.ts";
import type { ChildNode } from "../simulation/families.ts";
import type { HookNode, Sender } from "../simulation/hook-node.ts";
import type { Node, StepNode } from "../simulation/program.ts";
import type { Scenario } from "../simulation/scenario.ts";

import type { Misfortune } from "./moves.ts";

/** What somebody asks for, at any time after the run was started. Without an answer he asks again. */
export interface Ask {
  what: string;
  /** Not before this was seen: an event by its type, or `executes NAME`. */
  once?: string;
  /** @returns what was answered. */
  ask(engine: Engine, role: Role): Promise<string>;
}

export interface Program {
  name: string;
  code: Node;
  asks: readonly Ask[];
  /** Who starts the run: by its id, or `callers` at once with one idempotency key. */
  callers?: number;
  /** Time may pass although somebody could go on: for what depends on a lease or a timer. */
  timed?: boolean;
  /** Nobody sweeps, so nothing goes wrong that only the sweep heals. */
  sweepless?: boolean;
  /** What may go wrong, if not everything may: where there is much else to choose from. */
  misfortunes?: readonly Misfortune[];
  /** So many at most take turns at a time. */
  processes?: number;
  settings?: Partial<
    Pick<Scenario, "leaseMs" | "watchdogMs" | "replay" | "cachedRuns" | "maxDurationMs">
  >;
}

const cancelling: Ask["ask"] = async (engine, { runId = "" }) => {
  const how = { reason: "enough", requestedBy: "somebody" };
  return (await engine.cancel(runId, how)).outcome;
};

export const cancel: Ask = { what: "cancel", ask: cancelling };

export const terminate: Ask = {
  what: "terminate",
  ask: async (engine, { runId = "" }) =>
    (await engine.terminate(runId, { reason: "at once" })).outcome,
};

export const pause: Ask = {
  what: "pause",
  ask: async (engine, { runId = "" }) => (await engine.pause(runId, { reason: "rest" })).outcome,
};

/** What is paused is resumed in the end. */
export const resume: Ask = {
  what: "resume",
  once: "run.paused",
  ask: async (engine, { runId = "" }) => (await engine.resume(runId)).outcome,
};

/** A step that is over whenever the schedule says, if it takes less than a second. */
export function step(name: string, given: Partial<StepNode & StepNode["does"]> = {}): StepNode {
  const { ms = 1, checks = 0, listens = false, fails = 0, how = "error", inside } = given;
  const { retries = 1, backoffMs = 100, timeoutMs, inline = false } = given;
  const does = { ms, checks, listens, fails, how, ballast: 0, inside };
  return { kind: "step", name, does, retries, backoffMs, timeoutMs, inline };
}

/** `const h = hook(name); give(h.token); await h;` with so many who answer it. */
export function hook(
  name: string,
  given: Partial<Omit<HookNode, "senders">> & { senders: Partial<Sender>[] },
): Node {
  const senders = given.senders.map(
    (sender): Sender => ({
      afterMs: 0,
      payload: "good",
      hasId: false,
      againAfterMs: 0,
      repeats: false,
      ...sender,
    }),
  );
  return {
    kind: "hook",
    name,
    timeoutMs: undefined,
    given: "code",
    meanwhile: undefined,
    ...given,
    senders,
  };
}

/** `const c = await child(…); await c.result();` */
export function child(name: string, body: Node, given: Partial<ChildNode> = {}): Node {
  const plain = { onParentEnd: "cancel", awaits: "at once", cancelled: false } as const;
  return { kind: "child", name, body, ...plain, disturbed: undefined, ...given };
}

/** `await channel.receive()`, so many times. */
export function receive(given: Partial<ReceiveNode> = {}): Node {
  const plain = { channel: "c0", times: 1, timeoutMs: undefined, iterates: false } as const;
  return { kind: "receive", ...plain, ...given };
}

/** What receives, and who sends: each once, to the same channel. */
export function mailed(body: Node, posts: readonly Partial<Post>[]): Node {
  const plain = { afterMs: 0, channel: "c0", payload: "good", messageId: undefined } as const;
  return {
    kind: "mail",
    body,
    posts: posts.map((post) => ({ ...plain, againAfterMs: 0, repeats: false, ...post })),
  };
}

export function sleep(ms: number): Node {
  return { kind: "sleep", ms };
}

export function sequence(...parts: Node[]): Node {
  return { kind: "sequence", parts };
}

export function all(...parts: Node[]): Node {
  return { kind: "parallel", how: "all", parts };
}

export function race(...parts: Node[]): Node {
  return { kind: "parallel", how: "race", parts };
}

export function shield(body: Node): Node {
  return { kind: "shield", body };
}

/** `try { body } catch { await shield(cleanup); throw error }` */
export function undone(body: Node, cleanup: Node): Node {
  // biome-ignore lint/suspicious/noThenProperty: it is awaited nowhere.
  return { kind: "try", body, cleanup, shielded: true, then: "rethrow" };
}
