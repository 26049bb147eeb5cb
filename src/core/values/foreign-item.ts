/** What one item of an encoding refers to, and what it takes to make it. */
import { LONGEST_BIGINT } from "../bounds.ts";
import { Malformed } from "./malformed.ts";
import { isConstant, SPARSE } from "./numbers.ts";

/** Text and bytes count as one value for so many characters. */
const CHARACTERS_PER_VALUE = 64;
/** And a character of a pattern as so many: making sense of `\p{L}` takes longer than reading it. */
const VALUES_PER_PATTERN_CHARACTER = 16;

/** The views that show numbers, each of which counts, and how many bytes one takes. */
const BYTES_OF_NUMBER: Readonly<Record<string, number>> = {
  Int8Array: 1,
  Int16Array: 2,
  Uint16Array: 2,
  Float16Array: 2,
  Int32Array: 4,
  Uint32Array: 4,
  Float32Array: 4,
  Float64Array: 8,
  BigInt64Array: 8,
  BigUint64Array: 8,
};
const VIEWS: ReadonlySet<string> = new Set([
  ...Object.keys(BYTES_OF_NUMBER),
  "Uint8Array",
  "Uint8ClampedArray",
  "DataView",
]);

/** Tagged items that refer to all that stands behind the tag. */
const COLLECTIONS: ReadonlySet<string> = new Set(["Map", "Set"]);
/** And those that refer to one item alone. */
const WRAPPERS: ReadonlySet<string> = new Set(["Error", "Buffer", "Object", ...VIEWS]);

/**
 * The indexes of the items that it refers to, in the order in which the reader follows them.
 * @throws Malformed
 */
export function referencesOf(item: unknown, items: readonly unknown[]): number[] {
  return partsOf(item).filter((part): part is number => {
    if (typeof part !== "number" || !Number.isInteger(part)) throw dangling();
    if (isConstant(part)) return false;
    if (part < 0 || part >= items.length) throw dangling();
    return true;
  });
}

/** Whether the reader calls itself for what is in it. */
export function isContainer(item: unknown): boolean {
  if (typeof item !== "object" || item === null) return false;
  const tag = tagIn(item);
  return tag === undefined || tag === "Error" || tag === "null" || COLLECTIONS.has(tag);
}

/** How many values it stands for itself, without what it refers to. @throws Malformed */
export function ownSize(item: unknown, items: readonly unknown[]): number {
  if (typeof item === "string") return 1 + sizeOfText(item);
  if (typeof item !== "object" || item === null) return 1;
  if (!Array.isArray(item)) {
    return Object.keys(item).reduce((sum, key) => sum + sizeOfText(key), 1 + constantsIn(item));
  }
  const tag = tagIn(item);
  if (tag === undefined) return 1 + (item[0] === SPARSE ? lengthOf(item[1]) : constantsIn(item));
  if (tag === "BigInt") requireDigits(item[1]);
  const texts = item
    .slice(1)
    .filter((part): part is string => typeof part === "string")
    .join("");
  if (tag === "RegExp") return 1 + texts.length * VALUES_PER_PATTERN_CHARACTER;
  const size = 1 + sizeOfText(texts) + constantsIn(item);
  const bytes = BYTES_OF_NUMBER[tag];
  return bytes === undefined ? size : size + bytesIn(items[Number(item[1])]) / bytes;
}

function partsOf(item: unknown): readonly unknown[] {
  if (typeof item !== "object" || item === null) return [];
  if (!Array.isArray(item)) return Object.values(item);
  const tag = tagIn(item);
  if (tag === undefined) return item[0] === SPARSE ? everyOther(item, 3) : item;
  if (COLLECTIONS.has(tag)) return item.slice(1);
  if (tag === "null") return everyOther(item, 2);
  return WRAPPERS.has(tag) ? item.slice(1, 2) : [];
}

function tagIn(item: object): string | undefined {
  const tag: unknown = Array.isArray(item) ? item[0] : undefined;
  return typeof tag === "string" ? tag : undefined;
}

function everyOther(item: readonly unknown[], from: number): unknown[] {
  return item.filter((_, index) => index >= from && (index - from) % 2 === 0);
}

/** What stands for a value, or for none, without being an item. */
function constantsIn(item: object): number {
  return Object.values(item).filter((part) => typeof part === "number" && part < 0).length;
}

function sizeOfText(text: string): number {
  return text.length / CHARACTERS_PER_VALUE;
}

function lengthOf(length: unknown): number {
  if (typeof length !== "number") throw new Malformed("an array in it has no length");
  return Math.max(0, length);
}

/** Of base64. */
function bytesIn(item: unknown): number {
  const text: unknown = Array.isArray(item) ? item[1] : undefined;
  return typeof text === "string" ? (text.length * 3) / 4 : 0;
}

function requireDigits(text: unknown): void {
  const digits = typeof text === "string" ? text.replace(/^-/, "") : "";
  if (digits.length <= LONGEST_BIGINT && /^\d+$/.test(digits)) return;
  throw new Malformed(`a BigInt in it is not made of 1 to ${LONGEST_BIGINT} digits`);
}

function dangling(): Malformed {
  return new Malformed("it refers to something that is not in it");
}
