/**
 * Bodies in which every value survives: JSON as `encode` of core/value.ts makes it.
 *
 * LB1. A body is decoded in time and memory bounded by its size. What it stands for is counted before
 *      anything is made of it: values that are referred to from many places each time, arrays by the
 *      length that they claim, views by the numbers that they show, text and bytes by their length.
 */
import { DEEPEST_BODY } from "../core/bounds.ts";
import { decodeForeign } from "../core/value.ts";

/**
 * A body may stand for so many values, or for as many as it has characters: whoever looks at each of
 * them, as a schema does, takes microseconds for each.
 */
const MOST_VALUES = 100_000;

/**
 * The value that a lossless body stands for.
 * @throws Malformed when it is not what `encode` makes, or stands for too much.
 */
export function decodeBody(encoded: unknown, textLength: number): unknown {
  const most = Math.max(MOST_VALUES, textLength);
  return decodeForeign(encoded, { most, deepest: DEEPEST_BODY });
}
