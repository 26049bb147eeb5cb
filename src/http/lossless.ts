/**
 * Bodies in which every value survives: JSON as `encode` of core/value.ts makes it.
 *
 * L1. A body is decoded in time bounded by its size. An encoding may refer to one value from many
 *     places, so few bytes can stand for very many values; such a body is refused before it is decoded.
 */
import { decode } from "../core/value.ts";

export const LOSSLESS_TYPE = "application/vnd.detent+json";

/** A body may stand for so many values, or for twice as many as it has characters. */
const MAX_UNFOLDED = 1_000_000;
/** Text counts as one value for so many characters. */
const CHARACTERS_PER_VALUE = 64;

/**
 * The value that a lossless body stands for.
 * @throws when it is malformed, in any way that the decoder finds.
 */
export function decodeBody(encoded: unknown, textLength: number): unknown {
  if (typeof encoded === "number") return decode(encoded);
  if (!Array.isArray(encoded)) throw new Error("it is neither an array nor a number");
  if (unfoldedSize(encoded) > Math.max(MAX_UNFOLDED, 2 * textLength)) {
    throw new Error("it refers to the same values too often; send them once, or less of them");
  }
  return decode(encoded);
}

/**
 * How many values it takes to write everything out that is referred to. Every number in the encoding
 * is counted as a reference to the item of that index; what refers back to itself is counted once.
 */
function unfoldedSize(items: readonly unknown[]): number {
  const sizes = new Map<number, number>();
  const sizeAt = (index: number): number => {
    const known = sizes.get(index);
    if (known !== undefined) return known;
    sizes.set(index, 1);
    const item = items[index];
    const parts = typeof item === "object" && item !== null ? Object.values(item) : [];
    const size = parts.reduce((sum: number, part) => sum + sizeOfPart(part), sizeOfText(item));
    sizes.set(index, size);
    return size;
  };
  const sizeOfPart = (part: unknown): number =>
    typeof part === "number" ? sizeAt(part) : sizeOfText(part);
  return sizeAt(0);
}

function sizeOfText(value: unknown): number {
  return 1 + (typeof value === "string" ? value.length / CHARACTERS_PER_VALUE : 0);
}
