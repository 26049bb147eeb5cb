/** Puts into a program what the generator of programs did not know at first. */
import { someMail } from "./channel-draws.ts";
import { withFamily } from "./families.ts";
import { someHooks } from "./hook-draws.ts";
import type { Behaviour, Node, StepNode } from "./program.ts";
import { mapSteps } from "./program.ts";
import type { Random } from "./random.ts";
import type { Kind, Streams } from "./variety.ts";

type Made = "handover" | "drawn" | "listening" | "say" | "wide" | "hook" | "mail";

const CHANCES: Readonly<Record<Made, number>> = {
  handover: 0.3,
  drawn: 0.2,
  listening: 0.2,
  say: 0.2,
  wide: 0.03,
  hook: 0.5,
  mail: 0.5,
};

/** Mostly so few, or a seed takes seconds; now and then as many as users have. */
const WIDEST = 150;
const HUNDREDS = { chance: 0.3, least: 200, most: 320 };

/** @param sweepless whether nobody sweeps, so that who gets no answer has to bring the run on. */
export function enriched(
  program: Node,
  streams: Streams,
  { sweepless, seed }: { sweepless: boolean; seed: number },
): Node {
  let steps = 0;
  const step = (random: Random): StepNode => someStep(random, `x${steps++}`);
  let richer = withInside(program, streams.of("inside"));
  for (const kind of Object.keys(CHANCES) as Made[]) {
    const random = streams.of(kind satisfies Kind);
    if (!random?.chance(CHANCES[kind])) continue;
    richer = placed(richer, madeOf(kind, random, { step, sweepless }), random);
  }
  const family = streams.of("family");
  return family?.chance(0.4) ? withFamily(richer, seed, family) : richer;
}

interface Making {
  step(random: Random): StepNode;
  sweepless: boolean;
}

function madeOf(kind: Made, random: Random, { step, sweepless }: Making): Node {
  switch (kind) {
    case "handover":
      return {
        kind,
        helper: { kind: "sequence", parts: [step(random), step(random)] },
        begunShielded: random.chance(0.5),
        meanwhile: random.chance(0.5)
          ? step(random)
          : { kind: "sleep", ms: random.between(0, 3000) },
        awaitedShielded: random.chance(0.5),
      };
    case "drawn":
      return {
        kind,
        from: random.pick(["random", "uuid", "now"]),
        either: step(random),
        or: {
          kind: "sequence",
          parts: [{ kind: "sleep", ms: random.between(0, 900) }, step(random)],
        },
      };
    case "listening":
      return {
        kind,
        body: {
          kind: "sequence",
          parts: [step(random), { kind: "sleep", ms: random.between(0, 5000) }],
        },
        reaction: step(random),
      };
    case "say":
      return { kind };
    case "hook":
      return someHooks(random, { step: () => step(random), sweepless });
    case "mail":
      return someMail(random, { step: () => step(random), sweepless });
    case "wide": {
      const one = step(random);
      const does = { ...one.does, ms: random.between(0, 50), ballast: 0, inside: undefined };
      const some = random.between(60, WIDEST);
      return { kind, step: { ...one, does }, times: hundreds(random.fork("crowd")) ?? some };
    }
  }
}

function hundreds(random: Random): number | undefined {
  const { chance, least, most } = HUNDREDS;
  return random.chance(chance) ? random.between(least, most) : undefined;
}

function someStep(random: Random, name: string): StepNode {
  return {
    kind: "step",
    name,
    does: {
      ms: random.pick([0, random.between(1, 200), random.between(300, 3000)]),
      checks: random.pick([0, 0, 1]),
      listens: random.chance(0.2),
      fails: random.pick([0, 0, 0, 0, 0, 1]),
      how: "error",
      ballast: 0,
    },
    retries: random.between(1, 3),
    backoffMs: random.between(1, 500),
    timeoutMs: undefined,
    inline: random.chance(0.1),
  };
}

/** Among what the program does first of all, one after the other. */
function placed(program: Node, extra: Node, random: Random): Node {
  if (program.kind === "try") return { ...program, body: placed(program.body, extra, random) };
  const parts = program.kind === "sequence" ? program.parts : [program];
  return { kind: "sequence", parts: parts.toSpliced(random.between(0, parts.length), 0, extra) };
}

/** Some steps sleep, or shield a part of what they do. */
function withInside(program: Node, random: Random | undefined): Node {
  if (!random?.chance(0.4)) return program;
  return mapSteps(program, (step) => {
    const inside = random.pick<Behaviour["inside"]>([undefined, "sleep", "shield"]);
    return inside === undefined ? step : { ...step, does: { ...step.does, inside } };
  });
}
