/**
 * What an object is, as the log keeps objects. Whatever would come back as something else is refused:
 * instances of classes, subclasses of what is built in, fields that the encoding has no place for.
 */
import { Unkeepable } from "./unkeepable.ts";

/** Errors are no shape: they are kept as far as it goes. */
export type Shape = "Array" | "Map" | "NullObject" | "Object" | "Set" | Leaf;

/** What has no other values in it. */
export type Leaf = "ArrayBuffer" | "Boxed" | "Buffer" | "Date" | "RegExp" | "Text" | "View";

/** Only Node's kind of platform has it. */
const { Buffer } = globalThis;

/** @throws Unkeepable, and whatever a Proxy throws that refuses to be looked at. */
export function shapeOf(value: object): Shape {
  if (Buffer?.isBuffer(value))
    return plainly(value, Buffer, { shape: "Buffer", expected: value.length });
  const tag = tagOf(value);
  switch (tag) {
    case "Object":
      return ordinary(value);
    case "Array":
      return array(value as unknown[]);
    case "Map":
      refuseImitation(() => Map.prototype.has.call(value, undefined));
      return plainly(value, Map, { shape: "Map" });
    case "Set":
      refuseImitation(() => Set.prototype.has.call(value, undefined));
      return plainly(value, Set, { shape: "Set" });
    case "Date":
      refuseImitation(() => Date.prototype.getTime.call(value));
      return plainly(value, Date, { shape: "Date" });
    case "RegExp":
      return regExp(value as RegExp);
    case "Number":
    case "String":
    case "Boolean":
    case "BigInt":
      return plainly(value, globalThis[tag], {
        shape: "Boxed",
        expected: tag === "String" ? charactersOf(value) : 0,
      });
    case "ArrayBuffer":
      return buffer(value as ArrayBuffer);
    default:
      return ArrayBuffer.isView(value) ? view(value, tag) : platform(value, tag);
  }
}

/** `Object.prototype.toString`, without the brackets. */
export function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function ordinary(value: object): Shape {
  if (!isPlain(value) || ArrayBuffer.isView(value)) throw new Unkeepable(kindOf(value));
  refuseHidden(value, Reflect.ownKeys(value), Object.keys(value));
  if (Object.hasOwn(value, "__proto__")) {
    throw new Unkeepable('a field named "__proto__" cannot be kept', "__proto__");
  }
  return Object.getPrototypeOf(value) === null ? "NullObject" : "Object";
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || isBuiltIn(prototype, Object);
}

function array(value: unknown[]): Shape {
  if (!Array.isArray(value) || !isBuiltIn(Object.getPrototypeOf(value), Array)) {
    throw new Unkeepable(kindOf(value));
  }
  // Its own keys are its indices, then `length`, then whatever else it has been given.
  const keys = Reflect.ownKeys(value);
  const last = keys.at(-1);
  if (last !== "length") {
    const field = keys[keys.indexOf("length") + 1] ?? last;
    throw new Unkeepable("an array has no fields of its own in the log", field);
  }
  return "Array";
}

function regExp(value: RegExp): Shape {
  const shape = plainly(value, RegExp, { shape: "RegExp", expected: 1 });
  if (value.lastIndex === 0) return shape;
  throw new Unkeepable("where it goes on searching is not kept", "lastIndex");
}

function buffer(value: ArrayBuffer): Shape {
  refuseImitation(() => ArrayBuffer.prototype.slice.call(value, 0, 0));
  const shape = plainly(value, ArrayBuffer, { shape: "ArrayBuffer" });
  if ((value as { resizable?: boolean }).resizable) throw new Unkeepable("it is resizable");
  refuseDetached(value);
  return shape;
}

function view(value: ArrayBufferView, tag: string): Shape {
  const made: unknown = Reflect.get(globalThis, tag);
  if (typeof made !== "function") throw new Unkeepable(kindOf(value));
  refuseDetached(value.buffer);
  return plainly(value, made, {
    shape: "View",
    expected: "length" in value ? Number(value.length) : 0,
  });
}

/** What the platform brings along, of which only its text is kept. What it hides in symbols is its own. */
function platform(value: object, tag: string): Shape {
  const made = TEXTS.has(tag) ? tag.split(".").reduce<unknown>(fieldOf, globalThis) : undefined;
  if (typeof made !== "function" || Object.getPrototypeOf(value) !== made.prototype) {
    // Whatever it calls itself, or `arguments`.
    return ordinary(value);
  }
  refuseFields(Reflect.ownKeys(value).filter((key) => typeof key === "string"));
  return "Text";
}

const TEXTS: ReadonlySet<string> = new Set([
  "URL",
  "URLSearchParams",
  ...[
    "Duration",
    "Instant",
    "PlainDate",
    "PlainTime",
    "PlainDateTime",
    "PlainMonthDay",
    "PlainYearMonth",
    "ZonedDateTime",
  ].map((name) => `Temporal.${name}`),
]);

function fieldOf(from: unknown, name: string): unknown {
  return Reflect.get(Object(from), name);
}

/**
 * The keys of a view are its numbers, and those of a text its characters: making a text of each takes a
 * hundred times as long as keeping them all. One with more of them is held against a bare one first.
 */
const MOST_KEYS = 4 * 1024;

/** @param expected how many own keys belong to what it is: a text's characters and its length. */
function plainly(
  value: object,
  made: BuiltIn,
  { shape, expected = 0 }: { shape: Shape; expected?: number },
): Shape {
  if (!isBuiltIn(Object.getPrototypeOf(value), made)) throw new Unkeepable(kindOf(value));
  const known = expected > MOST_KEYS && isBare(value);
  refuseFields(
    known ? Object.getOwnPropertySymbols(value) : Reflect.ownKeys(value).slice(expected),
  );
  return shape;
}

/** Whether it is known to have no field of its own; only platforms like Node tell without listing them all. */
function isBare(value: object): boolean {
  const util = globalThis.process?.getBuiltinModule?.("node:util");
  return util?.isDeepStrictEqual(value, bareOf(value)) ?? false;
}

function bareOf(value: object): object {
  if (!ArrayBuffer.isView(value)) return Object(String.prototype.valueOf.call(value));
  const made = Reflect.get(globalThis, tagOf(value));
  const { buffer, byteOffset, byteLength } = value;
  const numbers = new made(buffer, byteOffset, byteLength / made.BYTES_PER_ELEMENT);
  return Object.setPrototypeOf(numbers, Object.getPrototypeOf(value));
}

function refuseFields([field]: readonly PropertyKey[]): void {
  if (field !== undefined) throw new Unkeepable("it has a field of its own", field);
}

function refuseHidden(value: object, all: readonly PropertyKey[], shown: readonly string[]): void {
  if (all.length === shown.length) return;
  const field = all.find((key) => !Object.prototype.propertyIsEnumerable.call(value, key));
  const symbol = all.find((key) => typeof key === "symbol");
  if (field !== undefined)
    throw new Unkeepable("a field that is not enumerable is not kept", field);
  if (symbol !== undefined) throw new Unkeepable("a field named by a symbol is not kept", symbol);
}

/** A Proxy of one has its name and its prototype, and nothing of what it holds. */
function refuseImitation(useIt: () => unknown): void {
  try {
    useIt();
  } catch {
    throw new Unkeepable("it is a Proxy, or an imitation of what it claims to be");
  }
}

function refuseDetached(memory: ArrayBufferLike): void {
  try {
    new Uint8Array(memory);
  } catch {
    throw new Unkeepable("its memory was given away");
  }
}

function charactersOf(value: object): number {
  return String.prototype.valueOf.call(value).length + 1;
}

interface BuiltIn {
  readonly prototype: object;
}

/** Prototypes of other realms that were found to be what ours are. */
const known = new WeakMap<object, BuiltIn>();

/** Whether it is the prototype of what is built in, in this realm or another. */
function isBuiltIn(prototype: unknown, made: BuiltIn): boolean {
  if (prototype === made.prototype) return true;
  if (typeof prototype !== "object" || prototype === null) return false;
  if (known.get(prototype) === made) return true;
  if (formOf(prototype) !== formOf(made.prototype)) return false;
  known.set(prototype, made);
  return true;
}

/** How far it is from the root, and what it can do: of a subclass, neither is as of what it extends. */
function formOf(prototype: object): string {
  let depth = 0;
  for (let at: unknown = prototype; at; at = Object.getPrototypeOf(at)) depth += 1;
  return `${depth} ${Object.getOwnPropertyNames(prototype).sort().join()}`;
}

/** What it is, for whoever is told that it cannot be kept. */
function kindOf(value: object): string {
  const made: unknown = Reflect.get(value, "constructor");
  const name = typeof made === "function" && typeof made.name === "string" ? made.name : "";
  return `it is an instance of ${name.slice(0, 100) || "a class"}`;
}
