/**
 * The readable form of a value: what JSON shows for what it lacks.
 *
 * | value | shown as |
 * | --- | --- |
 * | Date | ISO text (`"Invalid Date"` if it is none) |
 * | Map | array of `[key, value]` pairs |
 * | Set | array |
 * | BigInt, NaN, Infinity, RegExp, URL, URLSearchParams, Temporal | text |
 * | undefined | left out of objects, `null` in arrays |
 * | ArrayBuffer, DataView, Uint8Array, Uint8ClampedArray | base64 text |
 * | other typed arrays | array of numbers (BigInts as text) |
 * | Error | `{ name, message, stack?, cause?, errors?, …own fields }` |
 * | array with more than 100 holes | object of its elements by index |
 * | a reference to something it stands in | `"[circular]"` |
 *
 * RF1. It answers any value, in time and size bounded by the value's own size: what is nested deeper
 *      than a body may be is `"[too deep]"`, and what is referred to again and again in one answer is
 *      `"[repeated]"` when that would take more than about a million values.
 * RF2. What is larger than it may be is found out before it is made: few bytes may stand for many.
 */
import { DEEPEST_BODY } from "./bounds.ts";
import { fieldOf, isError } from "./thrown.ts";
import { base64Of } from "./values/bytes.ts";

/** What `JSON.stringify` takes as it is. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const MAX_HOLES = 100;
const MAX_REPEATED = 1_000_000;
/** Text and bytes count as one value for so many characters; shorter text costs nothing. */
const CHARACTERS_PER_VALUE = 64;

const SHOWN_AS_TEXT = /^\[object (?:RegExp|URL|URLSearchParams|Temporal\..+)\]$/;
const BOXED = /^\[object (?:Number|String|Boolean|BigInt)\]$/;

export function readable(value: unknown): Json {
  return show(value, newView(Number.POSITIVE_INFINITY)) ?? null;
}

/** The JSON text of the readable form, or nothing if that takes more than so many bytes (RF2). */
export function readableText(value: unknown, limit: number): string | undefined {
  try {
    const text = JSON.stringify(show(value, newView(limit)) ?? null);
    return new TextEncoder().encode(text).length > limit ? undefined : text;
  } catch (error) {
    if (error === TOO_LARGE) return undefined;
    throw error;
  }
}

const TOO_LARGE = Symbol("too large");

function newView(left: number): View {
  return { path: new Set(), seen: new Set(), texts: new Map(), repeatsLeft: MAX_REPEATED, left };
}

interface View {
  /** The containers around the value. */
  path: Set<object>;
  seen: Set<object | string>;
  /** What was turned into text, which may take long for one and the same value. */
  texts: Map<object | bigint, string>;
  repeatsLeft: number;
  /** How many characters of JSON there may still be, counted low. */
  left: number;
}

function show(value: unknown, view: View): Json | undefined {
  switch (typeof value) {
    case "string":
      return showString(value, view);
    case "number":
      spend(1, view);
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
      spend(4, view);
      return value;
    case "bigint":
      return showText(value, view);
    case "object":
      return value === null ? null : showObject(value, view);
    default:
      return undefined;
  }
}

function showObject(value: object, view: View): Json | undefined {
  if (value instanceof Date) return showDate(value);
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return showBytes(value, view);
  const tag = Object.prototype.toString.call(value);
  if (SHOWN_AS_TEXT.test(tag)) return showText(value, view);
  if (BOXED.test(tag)) return show(value.valueOf(), view);
  if (view.path.has(value)) return "[circular]";
  if (view.path.size >= DEEPEST_BODY) return "[too deep]";
  if (isSpent(value, sizeOf(value), view)) return "[repeated]";
  spend(2, view);
  view.path.add(value);
  try {
    return showContainer(value, view);
  } finally {
    view.path.delete(value);
  }
}

function showString(text: string, view: View): string {
  spend(text.length + 2, view);
  return isSpent(text, text.length / CHARACTERS_PER_VALUE, view) ? "[repeated]" : text;
}

function spend(characters: number, view: View): void {
  view.left -= characters;
  if (view.left < 0) throw TOO_LARGE;
}

function showText(value: object | bigint, view: View): string {
  const text = view.texts.get(value) ?? String(value);
  view.texts.set(value, text);
  return showString(text, view);
}

function showDate(date: Date): string {
  return Number.isNaN(date.getTime()) ? "Invalid Date" : date.toISOString();
}

function showContainer(value: object, view: View): Json {
  if (value instanceof Map) return Array.from(value, (pair) => showItems(pair, view));
  if (value instanceof Set) return showItems([...value], view);
  if (isError(value)) return showFields(fieldsOf(value), view);
  if (!Array.isArray(value)) return showFields(Object.entries(value), view);
  return hasManyHoles(value) ? showFields(Object.entries(value), view) : showItems(value, view);
}

function showItems(items: readonly unknown[], view: View): Json[] {
  return Array.from(items, (item) => show(item, view) ?? null);
}

function showFields(fields: readonly [string, unknown][], view: View): Json {
  const shown: [string, Json][] = [];
  for (const [key, field] of fields) {
    const json = show(field, view);
    if (json !== undefined) shown.push([showString(key, view), json]);
  }
  return Object.fromEntries(shown);
}

function fieldsOf(error: Error): [string, unknown][] {
  const { name, message, stack, cause } = error;
  // Of whatever realm: an AggregateError's are a field of its own that is not listed.
  const errors = Object.hasOwn(error, "errors") ? fieldOf(error, "errors") : undefined;
  const last = Object.entries({ stack, cause, errors });
  return [["name", name], ["message", message], ...Object.entries(error), ...last];
}

function showBytes(bytes: ArrayBuffer | ArrayBufferView, view: View): Json {
  const isView = ArrayBuffer.isView(bytes);
  const buffer = isView ? bytes.buffer : bytes;
  if (isSpent(buffer, bytes.byteLength / CHARACTERS_PER_VALUE, view)) return "[repeated]";
  if (isNumbers(bytes)) return Array.from(bytes, (item) => show(item, view) ?? null);
  spend(bytes.byteLength, view);
  return base64Of(new Uint8Array(buffer, isView ? bytes.byteOffset : 0, bytes.byteLength));
}

function isNumbers(
  bytes: ArrayBuffer | ArrayBufferView,
): bytes is ArrayBufferView & Iterable<unknown> {
  const isBytes = bytes instanceof Uint8Array || bytes instanceof Uint8ClampedArray;
  return !isBytes && Symbol.iterator in bytes;
}

function hasManyHoles(items: readonly unknown[]): boolean {
  return items.length > MAX_HOLES && items.length - Object.keys(items).length > MAX_HOLES;
}

function sizeOf(value: object): number {
  if (value instanceof Map || value instanceof Set) return 1 + value.size;
  return 1 + Object.keys(value).length;
}

/** Whether it was shown before and showing it again would take more than what repeats may take. */
function isSpent(value: object | string, size: number, view: View): boolean {
  if (size < 1) return false;
  if (!view.seen.has(value)) {
    view.seen.add(value);
    return false;
  }
  view.repeatsLeft -= size;
  return view.repeatsLeft < 0;
}
