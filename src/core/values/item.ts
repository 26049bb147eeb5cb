/**
 * What stands in an encoding for one value, and refers to its parts. While a part is written, `path` leads
 * to it; where that is refused, it stays so.
 */
import { textOf } from "../thrown.ts";
import { base64Of } from "./bytes.ts";
import { digitsOf, HOLE, SPARSE } from "./numbers.ts";
import { type Leaf, shapeOf, tagOf } from "./shape.ts";
import { Unkeepable } from "./unkeepable.ts";
import type { Writer } from "./writer.ts";

/** @throws Unkeepable */
export function primitiveItem(value: unknown, to: Writer): unknown {
  switch (typeof value) {
    case "string":
      return to.spend(value);
    case "bigint":
      return ["BigInt", to.spend(digitsOf(value))];
    case "function":
    case "symbol":
      throw new Unkeepable(`it is a ${typeof value}`);
    default:
      return value;
  }
}

/**
 * Of anything but an error. Code of the user's may run in it: a getter, the traps of a Proxy.
 * @throws Unkeepable
 */
export function objectItem(value: object, level: number, to: Writer): unknown {
  try {
    const shape = shapeOf(value);
    switch (shape) {
      case "Object":
        return fieldsOf(value, level, to);
      case "NullObject":
        return ["null", ...Object.entries(fieldsOf(value, level, to)).flat()];
      case "Array":
        return arrayItem(value as unknown[], level, to);
      case "Map":
        return pairsOf(value as Map<unknown, unknown>, level, to);
      case "Set":
        return elementsOf(value as Set<unknown>, level, to);
      default:
        return leafItem(value, shape, to);
    }
  } catch (error) {
    throw placed(error, to);
  }
}

/** The refusal, with `path` where it leads to. */
function placed(error: unknown, to: Writer): Unkeepable {
  if (!(error instanceof Unkeepable)) {
    return new Unkeepable(`it throws when it is read: ${textOf(error)}`);
  }
  if (error.field === undefined) return error;
  to.path.push(error.field);
  return new Unkeepable(error.message);
}

/** What refers to no other value but its own bytes or text. */
function leafItem(value: object, shape: Leaf, to: Writer): unknown {
  switch (shape) {
    case "ArrayBuffer":
      return ["ArrayBuffer", to.spend(base64Of(new Uint8Array(value as ArrayBuffer)))];
    case "Boxed":
      return ["Object", to.add(value.valueOf(), 0)];
    case "Buffer":
      return ["Buffer", to.add(asPlainBytes(value as Uint8Array), 0)];
    case "Date":
      return ["Date", isoOf(value as Date)];
    case "RegExp": {
      const { source, flags } = value as RegExp;
      return ["RegExp", to.spend(source), ...(flags ? [flags] : [])];
    }
    case "Text":
      return [tagOf(value), to.spend(String(value))];
    case "View":
      return [tagOf(value), to.add(memoryOf(value as ArrayBufferView), 0)];
  }
}

function fieldsOf(value: object, level: number, to: Writer): Record<string, number> {
  to.reach(level);
  const fields: Record<string, number> = {};
  for (const key of Object.keys(value)) {
    to.room -= key.length;
    to.path.push(key);
    fields[key] = to.add(Reflect.get(value, key), level + 1);
    to.path.pop();
  }
  return fields;
}

function pairsOf(map: Map<unknown, unknown>, level: number, to: Writer): unknown[] {
  to.reach(level);
  const item: unknown[] = ["Map"];
  for (const [key, value] of map) {
    to.path.push({ key });
    item.push(to.add(key, level + 1), to.add(value, level + 1));
    to.path.pop();
  }
  return item;
}

function elementsOf(set: Set<unknown>, level: number, to: Writer): unknown[] {
  to.reach(level);
  const item: unknown[] = ["Set"];
  for (const element of set) item.push(to.add(element, level + 1));
  return item;
}

function arrayItem(value: unknown[], level: number, to: Writer): number[] {
  to.reach(level);
  const { length } = value;
  const items: number[] = [];
  while (items.length < length && Object.hasOwn(value, items.length)) {
    to.path.push(items.length);
    items.push(to.add(value[items.length], level + 1));
    to.path.pop();
  }
  return items.length === length ? items : withHoles(value, items, { level, to });
}

/** @param items what it begins with, before its first hole. */
function withHoles(
  value: unknown[],
  items: number[],
  place: { level: number; to: Writer },
): number[] {
  const { level, to } = place;
  const parts: (readonly [at: number, index: number])[] = [...items.entries()];
  for (const at of Object.keys(value).slice(items.length).map(Number)) {
    to.path.push(at);
    parts.push([at, to.add(value[at], level + 1)]);
    to.path.pop();
  }
  if (isSparse(value.length, parts.length)) return [SPARSE, value.length, ...parts.flat()];
  const all: number[] = new Array(value.length).fill(HOLE);
  for (const [at, index] of parts) all[at] = index;
  return all;
}

/**
 * Whether an array is shorter as a list of its elements with their places than with a mark for each
 * hole.
 */
function isSparse(length: number, present: number): boolean {
  const digits = String(length).length;
  return (length - present) * 3 > 4 + digits + present * (digits + 1);
}

function isoOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

function asPlainBytes({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A view brings the bytes it shows, not the whole buffer it is cut from. */
function memoryOf({ buffer, byteOffset, byteLength }: ArrayBufferView): ArrayBufferLike {
  const isWhole = byteLength === buffer.byteLength && !isResizable(buffer);
  return isWhole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}

function isResizable(buffer: ArrayBufferLike): boolean {
  return "resizable" in buffer && buffer.resizable === true;
}
