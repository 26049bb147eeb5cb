/**
 * What a program may come to, worked out without the engine: every outcome that some timing of its
 * parts allows. A cancellation may reject any unshielded checkpoint.
 */

import { outcomesOfChild } from "./families.ts";
import { type HookNode, isAnswered } from "./hook-node.ts";
import type { Node, StepNode } from "./program.ts";

/** Results as they are; errors begin with `!`. */
export type Outcomes = ReadonlySet<string>;

export interface Circumstances {
  /** A cancellation was delivered. */
  cancelled: boolean;
  /** Steps whose last attempt was lost with its process. */
  lost: ReadonlySet<string>;
  /** What the children of each name came to. */
  children: ReadonlyMap<string, readonly string[]>;
  /** What a deployment makes of the retries of a step: either holds. */
  laterRetries: ((step: StepNode) => number) | undefined;
}

/** More than this are not worked out. */
const MOST_OUTCOMES = 400;

export const CANCELLED = "!cancelled";

/** `undefined` when there are too many. */
export function outcomesOf(program: Node, circumstances: Circumstances): Outcomes | undefined {
  try {
    return new Oracle(circumstances).of(program, false);
  } catch (error) {
    if (error instanceof TooMany) return undefined;
    throw error;
  }
}

class TooMany extends Error {}

const isError = (outcome: string): boolean => outcome.startsWith("!");

class Oracle {
  readonly #cancelled: boolean;
  readonly #lost: ReadonlySet<string>;
  readonly #children: ReadonlyMap<string, readonly string[]>;
  readonly #laterRetries: (step: StepNode) => number;

  constructor({ cancelled, lost, laterRetries, children }: Circumstances) {
    this.#children = children;
    this.#cancelled = cancelled;
    this.#lost = lost;
    this.#laterRetries = laterRetries ?? (({ retries }) => retries);
  }

  of(node: Node, shielded: boolean): Outcomes {
    const outcomes = this.#possible(node, shielded);
    if (outcomes.size > MOST_OUTCOMES) throw new TooMany();
    return outcomes;
  }

  #possible(node: Node, shielded: boolean): Outcomes {
    switch (node.kind) {
      case "step":
        return this.#checkpoint(this.#step(node), shielded);
      case "child":
        return this.#checkpoint(outcomesOfChild(node, this.#children.get(node.name)), shielded);
      case "sleep":
        return this.#checkpoint(["slept"], shielded);
      case "check":
        return this.#checkpoint(["checked"], shielded);
      case "throw":
        return new Set(["!thrown"]);
      case "sequence":
        return combine(
          node.parts.map((part) => this.of(part, shielded)),
          (results) => `(${results.join(" ")})`,
        );
      case "parallel":
        return this.#parallel(node, shielded);
      case "shield":
        return this.of(node.body, true);
      case "repeat":
        return combine(
          Array.from({ length: node.times }, () => this.of(node.body, shielded)),
          (results) => `(${results.join(" ")})`,
        );
      case "float":
        return combine(
          [this.of(node.meanwhile, shielded), this.of(node.helper, shielded)],
          (results) => `(${results.join(" ")})`,
        );
      case "handover": {
        const helper = this.of(node.helper, shielded || node.begunShielded);
        return combine([this.of(node.meanwhile, shielded), helper], (all) => `(${all.join(" ")})`);
      }
      case "hook":
        return this.#hook(node, shielded);
      case "receive": {
        const each = node.timeoutMs === undefined ? ["heard"] : ["heard", "none"];
        return combine(
          Array.from({ length: node.times }, () => this.#checkpoint(each, shielded)),
          (results) => `(${results.join(" ")})`,
        );
      }
      case "mail":
        return this.of(node.body, shielded);
      case "drawn":
        return new Set([...this.of(node.either, shielded), ...this.of(node.or, shielded)]);
      case "listening":
        return this.of(node.body, shielded);
      case "say":
        return new Set(["said"]);
      case "wide": {
        const each = [...this.of(node.step, shielded)];
        const all = each.includes(node.step.name) ? [`${node.times}*${node.step.name}`] : [];
        return new Set([...each.filter(isError), ...all]);
      }
      case "try":
        return this.#try(node, shielded);
      case "finally": {
        const cleanup = this.of(node.cleanup, shielded);
        return flat(this.of(node.body, shielded), (outcome) => after(cleanup, outcome));
      }
    }
  }

  #checkpoint(outcomes: Iterable<string>, shielded: boolean): Outcomes {
    return new Set([...outcomes, ...(this.#cancelled && !shielded ? [CANCELLED] : [])]);
  }

  #hook(node: HookNode, shielded: boolean): Outcomes {
    const { name, timeoutMs, given, meanwhile } = node;
    const received = isAnswered(node) ? [name] : [];
    const expired = timeoutMs === undefined ? [] : [`!${name}`];
    const parts = [
      ...(typeof given === "string" ? [] : [this.of(given, shielded)]),
      ...(meanwhile ? [this.of(meanwhile, shielded)] : []),
      this.#checkpoint([...received, ...expired], shielded),
    ];
    return combine(parts, (results) => `(${results.join(" ")})`);
  }

  #step(node: StepNode): string[] {
    const { name, does, retries, timeoutMs } = node;
    const later = this.#laterRetries(node);
    const [least, most] = [Math.min(retries, later) + 1, Math.max(retries, later) + 1];
    const isFinal = does.how === "fatal" || does.how === "cancellation";
    const mayThrow = does.fails >= least || (does.fails > 0 && isFinal);
    // A lost attempt counts: what fails fatally in its first attempt may be lost there.
    const maySucceed = does.fails < most;
    const thrown = does.how === "cancellation" ? CANCELLED : `!${name}`;
    const mayFail = timeoutMs !== undefined || this.#lost.has(name);
    return [
      ...(maySucceed ? [name] : []),
      ...(mayThrow ? [thrown] : []),
      ...(mayFail ? [`!${name}`] : []),
    ];
  }

  #parallel({ how, parts }: Extract<Node, { kind: "parallel" }>, shielded: boolean): Outcomes {
    const each = parts.map((part) => this.of(part, shielded));
    const all = each.flatMap((outcomes) => [...outcomes]);
    switch (how) {
      case "race":
        return new Set(all);
      case "allSettled":
        return product(each, (results) => `{${results.join(" ")}}`);
      case "all": {
        const results = each.map((outcomes) => new Set([...outcomes].filter((o) => !isError(o))));
        return new Set([
          ...all.filter(isError),
          ...product(results, (some) => `[${some.join(" ")}]`),
        ]);
      }
      case "any": {
        const results = all.filter((outcome) => !isError(outcome));
        const mayAllFail = each.every((outcomes) => [...outcomes].some(isError));
        if (!mayAllFail) return new Set(results);
        return new Set([...results, "!any", ...(all.includes(CANCELLED) ? [CANCELLED] : [])]);
      }
    }
  }

  #try(node: Extract<Node, { kind: "try" }>, shielded: boolean): Outcomes {
    const cleanup = node.cleanup
      ? this.of(node.cleanup, shielded || node.shielded)
      : new Set(["nothing"]);
    return flat(this.of(node.body, shielded), (outcome) => {
      if (!isError(outcome)) return [outcome];
      const then = {
        rethrow: outcome,
        stubborn: outcome,
        swallow: "swallowed",
        replace: "!replaced",
      };
      return after(cleanup, then[node.then]);
    });
  }
}

/** What comes of something after a clean-up that may fail. */
function after(cleanup: Outcomes, outcome: string): string[] {
  return [...cleanup].map((each) => (isError(each) ? each : outcome));
}

function flat(outcomes: Outcomes, change: (outcome: string) => Iterable<string>): Outcomes {
  return new Set([...outcomes].flatMap((outcome) => [...change(outcome)]));
}

/** One after the other: the first error ends it. */
function combine(
  each: readonly Outcomes[],
  join: (results: readonly string[]) => string,
): Outcomes {
  const errors = new Set<string>();
  const results: Set<string>[] = [];
  for (const outcomes of each) {
    for (const outcome of outcomes) if (isError(outcome)) errors.add(outcome);
    results.push(new Set([...outcomes].filter((outcome) => !isError(outcome))));
    if (results.at(-1)?.size === 0) break;
  }
  const isWhole = results.length === each.length;
  return new Set([...errors, ...(isWhole ? product(results, join) : [])]);
}

function product(
  each: readonly Outcomes[],
  join: (results: readonly string[]) => string,
): Outcomes {
  let rows: string[][] = [[]];
  for (const outcomes of each) {
    rows = rows.flatMap((row) => [...outcomes].map((outcome) => [...row, outcome]));
    if (rows.length > MOST_OUTCOMES) throw new TooMany();
  }
  return new Set(rows.map(join));
}

/** Whether a delivered cancellation can only leave the program as a cancellation. */
export function mustEndCancelled(node: Node): boolean {
  switch (node.kind) {
    case "step":
      return node.does.fails === 0 && node.timeoutMs === undefined;
    case "sleep":
    case "check":
      return true;
    case "throw":
    // It may fail, and be stopped by others.
    case "child":
      return false;
    case "sequence":
      return node.parts.every(mustEndCancelled);
    case "parallel":
      return node.how === "all" && node.parts.every(mustEndCancelled);
    case "receive":
      return true;
    case "shield":
    case "repeat":
    case "mail":
      return mustEndCancelled(node.body);
    case "float":
    case "handover":
      return mustEndCancelled(node.helper) && mustEndCancelled(node.meanwhile);
    case "hook":
      return (
        node.timeoutMs === undefined &&
        (typeof node.given === "string" || mustEndCancelled(node.given)) &&
        (!node.meanwhile || mustEndCancelled(node.meanwhile))
      );
    case "drawn":
      return mustEndCancelled(node.either) && mustEndCancelled(node.or);
    case "listening":
      return mustEndCancelled(node.body);
    case "say":
      return true;
    case "wide":
      return mustEndCancelled(node.step);
    case "try":
      return (
        node.then === "rethrow" &&
        mustEndCancelled(node.body) &&
        (!node.cleanup || mustEndCancelled(node.cleanup))
      );
    case "finally":
      return mustEndCancelled(node.body) && mustEndCancelled(node.cleanup);
  }
}
