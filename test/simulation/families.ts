/** Children in generated programs: how they are drawn, run by, and what they may come to. */
import { child, shield, sleep, workflow } from "../../src/index.ts";
import type { Node } from "./program.ts";
import { programOf } from "./program.ts";
import type { Random } from "./random.ts";
import type { Action } from "./scenario.ts";

export interface ChildNode {
  kind: "child";
  /** Unique in its world; the tag of its runs. */
  name: string;
  /** What the child does. */
  body: Node;
  onParentEnd: "cancel" | "abandon";
  awaits: "at once" | "later" | "never";
  /** Whether its parent's code asks it to stop. */
  cancelled: boolean;
  /** What somebody outside asks of it, so long after it was born. */
  disturbed: Pick<Action, "what" | "afterMs"> | undefined;
}

/** Of the runs that are children. Only its name counts where one is asked for. */
export const FAMILY = "family";
const family = workflow(FAMILY, async (_: Node): Promise<string> => "");

const DEEPEST = 3;

/** A program with children, some of which have children. */
export function withFamily(program: Node, seed: number, random: Random): Node {
  let made = 0;
  const make = (depth: number): ChildNode => {
    const name = `c${made++}`;
    const plain = programOf(`${seed}/child/${name}`);
    const isDeeper = depth < DEEPEST && made < 6 && random.chance(0.4);
    return {
      kind: "child",
      name,
      body: isDeeper ? among(plain, members(depth + 1), random) : plain,
      onParentEnd: random.chance(0.8) ? "cancel" : "abandon",
      awaits: random.pick(["at once", "at once", "later", "never"]),
      cancelled: random.chance(0.1),
      disturbed: random.chance(0.15)
        ? { what: random.pick(["cancel", "terminate"]), afterMs: random.between(0, 5000) }
        : undefined,
    };
  };
  const members = (depth: number): Node => {
    const parts = Array.from({ length: random.between(1, 3) }, () => make(depth));
    const [only] = parts;
    const all: Node =
      parts.length === 1 && only
        ? only
        : { kind: "parallel", how: random.pick(["all", "allSettled", "race"]), parts };
    return random.chance(0.15) ? { kind: "shield", body: all } : all;
  };
  return among(program, members(1), random);
}

/** Among what the program does first of all, one after the other. */
function among(program: Node, extra: Node, random: Random): Node {
  if (program.kind === "try") return { ...program, body: among(program.body, extra, random) };
  const parts = program.kind === "sequence" ? program.parts : [program];
  return { kind: "sequence", parts: parts.toSpliced(random.between(0, parts.length), 0, extra) };
}

/** All children of a program, and of those. */
export function childrenIn(node: Node): ChildNode[] {
  const found: ChildNode[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("kind" in value && value.kind === "child") found.push(value as ChildNode);
    for (const part of Object.values(value)) look(part);
  };
  look(node);
  return found;
}

/** Why a parent's code asks its child to stop. */
export const ASKED_BY_CODE = "no longer needed";

export async function interpretChild(node: ChildNode): Promise<string> {
  const { name, body, onParentEnd, awaits, cancelled } = node;
  const born = await child(family, body, { onParentEnd, tags: [name] });
  if (cancelled) await born.cancel({ reason: ASKED_BY_CODE });
  if (awaits === "never") return `+${name}`;
  if (awaits === "later") await shield(() => sleep(300));
  return `<${await born.result()}>`;
}

/** What an asking parent is told of a child that did not complete. */
export const CHILD_FAILED = `!${FAMILY}`;

/** What a child may be to its parent, given what its runs came to. */
export function outcomesOfChild(node: ChildNode, came: readonly string[] = []): string[] {
  if (node.awaits === "never") return came.length > 0 ? [`+${node.name}`] : [];
  return came.map((outcome) => (outcome.startsWith("!") ? CHILD_FAILED : `<${outcome}>`));
}
