/**
 * A step's arguments, fixed when the step is asked for: what the code does to them later reaches no
 * attempt, what one attempt does to its own reaches neither the code nor the next attempt.
 */
import { DEEPEST_VALUE } from "../bounds.ts";
import { decode, encode } from "../value.ts";

/** What a step's code is called with. */
export interface StepCall {
  name: string;
  fn: (...args: never[]) => unknown;
  args: readonly unknown[];
}

/**
 * @returns arguments for one attempt: a copy of its own at each call.
 * @throws SerializationError for what cannot be kept.
 */
export function fixArguments({ name, fn, args }: StepCall): () => never[] {
  const seen = args.slice(0, seenBy(fn, args.length));
  if (seen.every(isFixed)) return () => [...seen] as never[];
  // Each of them may nest as deep as any value; the list around them does not count.
  const fixed = encode(seen, `The arguments of step "${name}"`, DEEPEST_VALUE + 1);
  return () => decode(fixed) as never[];
}

/** Nobody can change it. */
function isFixed(argument: unknown): boolean {
  if (argument === null) return true;
  return !["object", "function", "symbol"].includes(typeof argument);
}

/** Plain parameters and patterns: no defaults, no rest. */
const PLAIN_PARAMETERS =
  /^(?:async\b\s*)?(?:function\b\s*)?(?:[\w$]*\s*\([\w$\s,:{}[\]]*\)|[\w$]+)\s*(?:=>|\{)/;

/** Has a name for all its arguments, or may have; the source of a bound function is not shown. */
const SEES_ALL = /\b(?:arguments|eval)\b|\[native code\]/;

/**
 * How many of its arguments the function can see. `items.map(step)` hands the whole list to every
 * step; were it kept for all of them, time and room would grow with its square.
 */
function seenBy(fn: StepCall["fn"], given: number): number {
  if (given <= fn.length) return given;
  const source = Function.prototype.toString.call(fn);
  const isPlain = PLAIN_PARAMETERS.test(source) && !SEES_ALL.test(source);
  return isPlain ? fn.length : given;
}
