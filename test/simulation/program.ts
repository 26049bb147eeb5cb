/** Workflows as data: what the generated ones are made of, and how fast-check makes them. */
import * as fc from "fast-check";
import type { MailNode, ReceiveNode } from "./channel-node.ts";
import type { ChildNode } from "./families.ts";
import type { HookNode } from "./hook-node.ts";
import { hash } from "./random.ts";

/** What one step does. Times are virtual milliseconds. */
export interface Behaviour {
  /** How long an attempt takes. */
  ms: number;
  /** How often an attempt calls `checkCancellation()`, spread over its time. */
  checks: number;
  /** Whether it ends as soon as its signal fires. */
  listens: boolean;
  /** The first so many attempts fail. */
  fails: number;
  how: "error" | "fatal" | "retryable" | "cancellation";
  /** Bytes that its result or its error carries along, to fill entries up. */
  ballast: number;
  /** Whether it waits in a `sleep` of its own, or behind a shield of its own. */
  inside?: "sleep" | "shield" | undefined;
}

export interface StepNode {
  kind: "step";
  /** Unique in its program. */
  name: string;
  does: Behaviour;
  retries: number;
  backoffMs: number;
  timeoutMs: number | undefined;
  inline: boolean;
}

export type Node =
  | StepNode
  | ChildNode
  | { kind: "sleep"; ms: number }
  | { kind: "check" }
  | { kind: "throw" }
  | { kind: "sequence"; parts: Node[] }
  | { kind: "parallel"; how: "all" | "allSettled" | "race" | "any"; parts: Node[] }
  | { kind: "shield"; body: Node }
  | { kind: "repeat"; times: number; body: Node }
  /** `const p = helper(); await meanwhile(); await p;` */
  | { kind: "float"; helper: Node; meanwhile: Node }
  /** The same across the edge of a shield. */
  | {
      kind: "handover";
      helper: Node;
      begunShielded: boolean;
      meanwhile: Node;
      awaitedShielded: boolean;
    }
  /** `if (random() < 0.5) either(); else or();` */
  | { kind: "drawn"; from: "random" | "uuid" | "now"; either: Node; or: Node }
  /** `signal.addEventListener("abort", reaction); body();` */
  | { kind: "listening"; body: Node; reaction: Node }
  /** A line in the workflow's log. */
  | { kind: "say" }
  /** A fan-out of hundreds. */
  | { kind: "wide"; step: StepNode; times: number }
  | ReceiveNode
  | MailNode
  | HookNode
  | {
      kind: "try";
      body: Node;
      /** Runs when the body threw, before the handler goes on. */
      cleanup: Node | undefined;
      shielded: boolean;
      /** `stubborn` swallows cancellations in a loop. */
      then: "rethrow" | "swallow" | "replace" | "stubborn";
    }
  /** `try { body } finally { cleanup }` */
  | { kind: "finally"; body: Node; cleanup: Node };

const some = <T>(...weighted: [number, fc.Arbitrary<T>][]): fc.Arbitrary<T> =>
  fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
const just = fc.constant;
const upTo = (most: number, least = 0): fc.Arbitrary<number> =>
  fc.integer({ min: least, max: most });

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  ms: some([2, just(0)], [3, upTo(200, 1)], [5, upTo(3000, 300)], [1, upTo(15_000, 5000)]),
  checks: some([4, just(0)], [1, upTo(3, 1)]),
  listens: some([5, just(false)], [1, just(true)]),
  fails: some([24, just(0)], [3, just(1)], [1, just(2)], [1, just(99)]),
  how: some<Behaviour["how"]>(
    [8, just("error")],
    [2, just("fatal")],
    [2, just("retryable")],
    [1, just("cancellation")],
  ),
  ballast: some([40, just(0)], [1, just(30_000)], [1, just(120_000)]),
});

const stepNode: fc.Arbitrary<Node> = fc.record({
  kind: just("step" as const),
  name: just(""),
  does: behaviour,
  retries: upTo(3),
  backoffMs: some([4, upTo(500, 1)], [1, upTo(5000, 500)]),
  timeoutMs: some<number | undefined>([6, just(undefined)], [1, upTo(20_000, 50)]),
  inline: some([5, just(false)], [1, just(true)]),
});
const sleepNode: fc.Arbitrary<Node> = fc.record({
  kind: just("sleep" as const),
  ms: some([2, just(0)], [4, upTo(500, 1)], [3, upTo(5000, 500)], [1, upTo(60_000, 5000)]),
});
const checkNode: fc.Arbitrary<Node> = just({ kind: "check" });

type Arm = fc.Arbitrary<Node>;

const { node, work, cleanup } = fc.letrec<{ node: Node; work: Node; cleanup: Node }>((tie) => {
  const { how } = { how: fc.constantFrom("all", "all", "allSettled", "race", "any" as const) };
  const parallel = (part: Arm): Arm =>
    fc.record({
      kind: just("parallel" as const),
      how: how as fc.Arbitrary<"all" | "allSettled" | "race" | "any">,
      parts: fc.array(part, { minLength: 1, maxLength: 4 }),
    });
  const sequence = (part: Arm): Arm =>
    fc.record({
      kind: just("sequence" as const),
      parts: fc.array(part, { minLength: 1, maxLength: 4 }),
    });
  const shielded = (body: Arm): Arm => fc.record({ kind: just("shield" as const), body });
  const repeated = (body: Arm): Arm =>
    fc.record({
      kind: just("repeat" as const),
      times: some([4, upTo(4, 2)], [1, upTo(12, 5)]),
      body,
    });
  const guarded: Arm = fc.record({
    kind: just("try" as const),
    body: tie("node"),
    cleanup: some<Node | undefined>([4, tie("cleanup")], [1, just(undefined)]),
    shielded: some([5, just(true)], [1, just(false)]),
    // biome-ignore lint/suspicious/noThenProperty: it is awaited nowhere.
    then: some<"rethrow" | "swallow" | "replace" | "stubborn">(
      [8, just("rethrow")],
      [3, just("swallow")],
      [1, just("replace")],
      [1, just("stubborn")],
    ),
  });
  const finishing: Arm = fc.record({
    kind: just("finally" as const),
    body: tie("node"),
    cleanup: shielded(tie("cleanup")),
  });
  const floating: Arm = fc.record({
    kind: just("float" as const),
    helper: tie("work"),
    meanwhile: tie("node"),
  });
  const deep = { maxDepth: 4, depthIdentifier: "node" };
  return {
    node: fc.oneof(
      deep,
      { weight: 5, arbitrary: stepNode },
      { weight: 2, arbitrary: sleepNode },
      { weight: 1, arbitrary: checkNode },
      { weight: 3, arbitrary: sequence(tie("node")) },
      { weight: 3, arbitrary: parallel(tie("node")) },
      { weight: 2, arbitrary: guarded },
      { weight: 1, arbitrary: finishing },
      { weight: 1, arbitrary: shielded(tie("node")) },
      { weight: 1, arbitrary: repeated(fc.oneof(stepNode, sleepNode, sequence(tie("work")))) },
      { weight: 1, arbitrary: floating },
      { weight: 1, arbitrary: some([9, stepNode], [1, just<Node>({ kind: "throw" })]) },
    ),
    // Throws nothing of its own: only what the engine rejects may float.
    work: fc.oneof(
      deep,
      { weight: 5, arbitrary: stepNode },
      { weight: 2, arbitrary: sleepNode },
      { weight: 2, arbitrary: sequence(tie("work")) },
      { weight: 2, arbitrary: parallel(tie("work")) },
      { weight: 1, arbitrary: shielded(tie("work")) },
    ),
    cleanup: fc.oneof(
      deep,
      { weight: 6, arbitrary: stepNode },
      { weight: 1, arbitrary: sleepNode },
      { weight: 1, arbitrary: checkNode },
      { weight: 2, arbitrary: sequence(tie("cleanup")) },
      { weight: 2, arbitrary: parallel(tie("cleanup")) },
      { weight: 1, arbitrary: shielded(tie("cleanup")) },
    ),
  };
});

/** Most programs have something to undo. */
const program: fc.Arbitrary<Node> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: just("try" as const),
      body: fc.record({
        kind: just("sequence" as const),
        parts: fc.array(node, { minLength: 1, maxLength: 4 }),
      }),
      cleanup,
      shielded: just(true),
      // biome-ignore lint/suspicious/noThenProperty: it is awaited nowhere.
      then: just("rethrow" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: just("sequence" as const),
      parts: fc.array(node, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: work },
);

/** The program of a seed, with its steps named in the order in which it reads. */
export function programOf(seed: number | string): Node {
  const [made] = fc.sample(program, {
    seed: hash(`program/${seed}`),
    numRuns: 1,
    unbiased: true,
  } as fc.Parameters<Node>);
  if (!made) throw new Error("fast-check made nothing");
  let steps = 0;
  return named(made, () => `s${steps++}`);
}

function named(node: Node, newName: () => string): Node {
  return mapSteps(node, (step) => ({ ...step, name: newName() }));
}

/** The same program with other steps. */
export function mapSteps(node: Node, change: (step: StepNode) => StepNode): Node {
  if (node.kind === "step") return change(node);
  if (node.kind === "wide") return { ...node, step: change(node.step) };
  const changed = mapChildren(node, (child) => mapSteps(child, change));
  if (changed.kind !== "hook" || typeof changed.given === "string") return changed;
  return { ...changed, given: change(changed.given) };
}

/** The hooks that a program asks for. */
export function hooksOf(node: Node): HookNode[] {
  const hooks: HookNode[] = node.kind === "hook" ? [node] : [];
  mapChildren(node, (child) => {
    hooks.push(...hooksOf(child));
    return child;
  });
  return hooks;
}

/** What a program is sent, and where it receives it. */
export function mailsOf(node: Node): MailNode[] {
  const mails: MailNode[] = node.kind === "mail" ? [node] : [];
  mapChildren(node, (child) => {
    mails.push(...mailsOf(child));
    return child;
  });
  return mails;
}

export function stepsOf(node: Node): StepNode[] {
  const steps: StepNode[] = [];
  mapSteps(node, (step) => {
    steps.push(step);
    return step;
  });
  return steps;
}

/** The same node over changed children. */
function mapChildren(node: Node, change: (child: Node) => Node): Node {
  switch (node.kind) {
    case "step":
    case "sleep":
    case "check":
    case "throw":
    case "say":
    case "wide":
    case "receive":
    // What a child does is another run's.
    case "child":
      return node;
    case "sequence":
    case "parallel":
      return { ...node, parts: node.parts.map(change) };
    case "shield":
    case "repeat":
    case "mail":
      return { ...node, body: change(node.body) };
    case "float":
    case "handover":
      return { ...node, helper: change(node.helper), meanwhile: change(node.meanwhile) };
    case "hook":
      return { ...node, meanwhile: node.meanwhile && change(node.meanwhile) };
    case "drawn":
      return { ...node, either: change(node.either), or: change(node.or) };
    case "listening":
      return { ...node, body: change(node.body), reaction: change(node.reaction) };
    case "try":
      return {
        ...node,
        body: change(node.body),
        cleanup: node.cleanup && change(node.cleanup),
      };
    case "finally":
      return { ...node, body: change(node.body), cleanup: change(node.cleanup) };
  }
}
