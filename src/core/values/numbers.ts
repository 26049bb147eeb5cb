import { LONGEST_BIGINT } from "../bounds.ts";
import { Unkeepable } from "./unkeepable.ts";

const UNDEFINED = -1;
/** Where an array has no element. */
export const HOLE = -2;
const NAN = -3;
const INFINITE = -4;
const NEGATIVE_INFINITE = -5;
const NEGATIVE_ZERO = -6;
/** Begins an array that says where its elements are. */
export const SPARSE = -7;

/** What stands for a value that JSON lacks, instead of an item. */
export function constantOf(value: unknown): number | undefined {
  if (value === undefined) return UNDEFINED;
  if (typeof value !== "number") return undefined;
  if (Number.isNaN(value)) return NAN;
  if (value === Number.POSITIVE_INFINITY) return INFINITE;
  if (value === Number.NEGATIVE_INFINITY) return NEGATIVE_INFINITE;
  return Object.is(value, -0) ? NEGATIVE_ZERO : undefined;
}

/** Whether it stands for a value without being the index of an item, or for a hole. */
export function isConstant(part: number): boolean {
  return part < 0 && part >= NEGATIVE_ZERO;
}

/** A bit less than one digit each: a longer one need not be written out to be refused. */
const MOST_BITS = Math.ceil(LONGEST_BIGINT * Math.log2(10));

/** @throws Unkeepable */
export function digitsOf(value: bigint): string {
  if (BigInt.asIntN(MOST_BITS + 1, value) === value) {
    const digits = String(value);
    if (digits.replace("-", "").length <= LONGEST_BIGINT) return digits;
  }
  throw new Unkeepable(`a BigInt has at most ${LONGEST_BIGINT} digits in the log`);
}
