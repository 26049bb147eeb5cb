/** Channels as they are drawn: who receives from them, where, and who sends. */
import { CHANNELS, type MailNode, type Post, type ReceiveNode } from "./channel-node.ts";
import type { Node, StepNode } from "./program.ts";
import type { Random } from "./random.ts";

interface Making {
  step(): StepNode;
  /** Nobody sweeps: who gets no answer sends the same message again, and so brings the run on. */
  sweepless: boolean;
}

/** Something that receives, or two at once, and those who send meanwhile. */
export function someMail(random: Random, making: Making): MailNode {
  const one = (): Node => placed(receiveNode(random), random, making);
  const body: Node = random.pick<() => Node>([
    one,
    one,
    () => ({ kind: "sequence", parts: [one(), one()] }),
    () => ({ kind: "parallel", how: "all", parts: [one(), one()] }),
  ])();
  const horizonMs = random.pick([20, 500, 3000, 15_000]);
  const posts = Array.from({ length: random.pick([0, 1, 2, 3, 5, 8, 20]) }, (_, index) =>
    postWithin(horizonMs, random, { index, sweepless: making.sweepless }),
  );
  return { kind: "mail", body, posts };
}

function placed(node: ReceiveNode, random: Random, { step }: Making): Node {
  const nap = (): Node => ({ kind: "sleep", ms: random.between(0, random.pick([50, 2000, 8000])) });
  switch (random.pick(["plain", "plain", "race", "race", "beside", "shield", "loop", "guarded"])) {
    case "race":
      return {
        kind: "parallel",
        how: random.pick(["race", "any"]),
        parts: [node, random.chance(0.5) ? nap() : step()],
      };
    case "beside":
      return {
        kind: "parallel",
        how: random.pick(["all", "allSettled"]),
        parts: [node, random.chance(0.5) ? step() : nap()],
      };
    case "shield":
      return { kind: "shield", body: node };
    case "loop":
      return {
        kind: "repeat",
        times: random.between(2, 4),
        body: random.chance(0.5) ? node : { kind: "sequence", parts: [node, step()] },
      };
    case "guarded":
      return {
        kind: "try",
        body: { kind: "sequence", parts: [step(), node] },
        cleanup: random.chance(0.5) ? step() : { ...node, timeoutMs: random.between(0, 2000) },
        shielded: true,
        // biome-ignore lint/suspicious/noThenProperty: it is awaited nowhere.
        then: random.pick(["rethrow", "swallow"]),
      };
    default:
      return node;
  }
}

function receiveNode(random: Random): ReceiveNode {
  return {
    kind: "receive",
    channel: random.pick([...CHANNELS, "c0"]),
    times: random.pick([1, 1, 1, 2, 3]),
    timeoutMs: random.chance(0.4) ? random.between(0, random.pick([50, 3000])) : undefined,
    iterates: random.chance(0.3),
  };
}

/** Most come by themselves; some in bursts, and some by an id that another has. */
function postWithin(
  horizonMs: number,
  random: Random,
  { index, sweepless }: { index: number; sweepless: boolean },
): Post {
  const hasId = sweepless || random.chance(0.6);
  const isShared = hasId && index > 0 && random.chance(0.2);
  return {
    afterMs: random.chance(0.3) ? horizonMs : random.between(0, 2 * horizonMs),
    channel: random.pick([...CHANNELS, "c0"]),
    payload: random.chance(0.9) ? "good" : "bad",
    messageId: hasId ? `m${isShared ? index - 1 : index}` : undefined,
    againAfterMs: random.between(200, 5000),
    repeats: random.chance(0.15),
  };
}
