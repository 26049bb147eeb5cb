/** Hooks as they are drawn: who waits for them, where, and who answers. */
import type { HookNode, Sender } from "./hook-node.ts";
import type { Node, StepNode } from "./program.ts";
import type { Random } from "./random.ts";

interface Making {
  step(): StepNode;
  /** Nobody sweeps: who gets no answer has to say that he asks again, and so brings the run on. */
  sweepless: boolean;
}

/** One hook or two, by themselves or with something beside them. */
export function someHooks(random: Random, making: Making): Node {
  const parts = Array.from({ length: random.pick([1, 1, 2]) }, (_, index) =>
    placed(hookNode(random, { ...making, name: `h${index}` }), random, making),
  );
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return random.chance(0.5) ? { kind: "sequence", parts } : parallel("all", parts);
}

function placed(node: HookNode, random: Random, { step }: Making): Node {
  const nap = (): Node => ({ kind: "sleep", ms: random.between(0, random.pick([50, 2000, 8000])) });
  switch (random.pick(["plain", "plain", "race", "race", "beside", "shield", "loop", "guarded"])) {
    case "race":
      return parallel(random.pick(["race", "any"]), [node, random.chance(0.5) ? nap() : step()]);
    case "beside":
      return parallel(random.pick(["all", "allSettled"]), [
        node,
        random.chance(0.5) ? step() : { kind: "sequence", parts: [nap(), step()] },
      ]);
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
        body: node,
        cleanup: random.chance(0.5) ? step() : undefined,
        shielded: true,
        // biome-ignore lint/suspicious/noThenProperty: it is awaited nowhere.
        then: random.pick(["rethrow", "swallow"]),
      };
    default:
      return node;
  }
}

function parallel(how: Extract<Node, { kind: "parallel" }>["how"], parts: Node[]): Node {
  return { kind: "parallel", how, parts };
}

/** One that nobody answers has a time. */
function hookNode(random: Random, { name, step, sweepless }: Making & { name: string }): HookNode {
  const horizonMs = random.pick([20, 500, 3000, 15_000]);
  const senders = Array.from({ length: random.pick([0, 1, 1, 1, 2, 2, 3, 4]) }, () =>
    senderWithin(horizonMs, random, sweepless),
  );
  const isAnswered = senders.some(({ payload }) => payload === "good");
  const hasTime = !isAnswered || random.chance(0.4);
  return {
    kind: "hook",
    name,
    timeoutMs: hasTime ? random.between(1, 2 * horizonMs) : undefined,
    given: random.pick<() => HookNode["given"]>([step, () => "code", () => "list", () => "list"])(),
    meanwhile: random.chance(0.3)
      ? random.pick<() => Node>([
          step,
          () => ({ kind: "sleep", ms: random.between(0, horizonMs) }),
        ])()
      : undefined,
    senders,
  };
}

function senderWithin(horizonMs: number, random: Random, sweepless: boolean): Sender {
  return {
    afterMs: random.between(0, random.pick([10, horizonMs, horizonMs, 3 * horizonMs])),
    payload: random.chance(0.8) ? "good" : "bad",
    hasId: sweepless || random.chance(0.6),
    againAfterMs: random.between(200, 5000),
    repeats: random.chance(0.15),
  };
}
