/**
 * What is kept of an error: its name, message, the user's frames of its stack, of which kind it is, its
 * own fields, its cause, and what it aggregates. What cannot be kept, or is too much, is left out: an
 * error must never make its own report fail.
 */
import { kindOf } from "../errors/detent-error.ts";
import { fieldOf, isError, textIn, textOf } from "../thrown.ts";
import { userStack } from "../user-stack.ts";
import { sizeOf } from "./bytes.ts";
import { nativeKindOf, takeKind } from "./error-kinds.ts";
import { Unkeepable } from "./unkeepable.ts";
import type { Writer } from "./writer.ts";

/** The indexes of what an error is made of. */
export interface KeptError {
  name?: number;
  message?: number;
  stack?: number;
  /** Of this package's classes or the language's own, the one that it is an instance of. */
  kind?: number;
  fields?: number;
  cause?: number;
  errors?: number;
}

/** Where what an error refers to is written, and at which level it stands there. */
interface Place {
  level: number;
  to: Writer;
}

const LONGEST_NAME = 200;
const LONGEST_MESSAGE = 16 * 1024;
const LONGEST_STACK = 8 * 1024;
/** So many characters of a text are kept even where there is no room. */
const LEAST_TEXT = 200;
/** Of its fields, and of what it aggregates. */
const MOST_PARTS = 1000;

/** Have a place of their own beside the fields. */
const OWN_PLACE: ReadonlySet<string> = new Set(["name", "message", "stack", "cause", "__proto__"]);

export function keepError(error: Error, kept: KeptError, place: Place): KeptError {
  const { to } = place;
  const message = textIn(error, "message") ?? "";
  kept.name = to.addText((textIn(error, "name") ?? "Error").slice(0, LONGEST_NAME));
  kept.message = to.addText(cut(message, to));
  const stack = userStack(textIn(error, "stack"), message)?.slice(0, LONGEST_STACK);
  if (stack !== undefined && sizeOf(stack) <= to.room) kept.stack = to.addText(stack);
  const kind = kindOf(error) ?? nativeKindOf(error);
  if (kind !== undefined) kept.kind = to.addText(kind);
  const aggregated = aggregatedBy(error);
  const fields = addFields(error, fieldsOf(error, aggregated !== undefined), place);
  if (fields !== undefined) kept.fields = fields;
  const cause = fieldOf(error, "cause");
  if (cause !== undefined) kept.cause = addInner(cause, place);
  const errors = aggregated && addAggregated(aggregated, place);
  if (errors !== undefined) kept.errors = errors;
  return kept;
}

/** How much is kept of an error of which hardly anything is. */
const SHORT = 1000;

/** An error of which only its name and message are left, of which kind it is, and its code. Never throws. */
export function bareError(error: Error): Error {
  const bare = new Error(textIn(error, "message")?.slice(0, SHORT));
  Reflect.deleteProperty(bare, "stack");
  bare.name = (textIn(error, "name") ?? "Error").slice(0, LONGEST_NAME);
  const kind = kindOf(error) ?? nativeKindOf(error);
  if (kind !== undefined) takeKind(bare, kind);
  const code = textIn(error, "code")?.slice(0, LONGEST_NAME);
  return code === undefined ? bare : Object.assign(bare, { code });
}

function fieldsOf(error: Error, isAggregate: boolean): string[] {
  // Callers match on it, wherever in a class it is declared, so it comes before what may be too much.
  const code = textIn(error, "code") === undefined ? [] : ["code"];
  const all = new Set([...code, ...ownFields(error)]);
  return [...all].filter((key) => !OWN_PLACE.has(key) && !(isAggregate && key === "errors"));
}

function ownFields(error: Error): string[] {
  try {
    return Object.keys(error).slice(0, MOST_PARTS);
  } catch {
    return []; // A Proxy that refuses to be looked at.
  }
}

/** @returns the index of the fields that can be kept; none if none can. */
function addFields(error: Error, names: readonly string[], place: Place): number | undefined {
  const { level, to } = place;
  const fields: Record<string, number> = {};
  const add = (): Record<string, number> => {
    to.reach(level);
    for (const name of names) {
      const index = to.attempt(() => {
        to.spend(name);
        return to.add(Reflect.get(error, name), level + 1);
      });
      if (index !== undefined) fields[name] = index;
    }
    if (Object.keys(fields).length === 0) throw new Unkeepable("none of them can be kept");
    return fields;
  };
  return names.length === 0 ? undefined : to.attempt(() => to.open(fields, level, add));
}

/** A cause, or what is aggregated: as text if it cannot be kept. */
function addInner(inner: unknown, { level, to }: Place): number {
  const add = (): number => (isError(inner) ? to.addError(inner, level) : to.add(inner, level));
  return to.attempt(add) ?? to.addText(cut(textOf(inner), to));
}

function addAggregated({ errors, length }: Aggregated, { level, to }: Place): number | undefined {
  const add = (): number[] => {
    to.reach(level);
    const indexes: number[] = [];
    for (const error of errors) {
      if (to.room < 0) break;
      indexes.push(addInner(error, { level: level + 1, to }));
    }
    const left = length - indexes.length;
    return left === 0 ? indexes : [...indexes, to.addText(`… and ${left} more`)];
  };
  return to.attempt(() => to.open({}, level, add));
}

interface Aggregated {
  errors: readonly unknown[];
  /** How many there were. */
  length: number;
}

/** The list of an AggregateError is hidden; a visible field of that name is a field like any other. */
function aggregatedBy(error: Error): Aggregated | undefined {
  try {
    const { value: errors, enumerable } = Object.getOwnPropertyDescriptor(error, "errors") ?? {};
    if (enumerable !== false || !Array.isArray(errors)) return undefined;
    return { errors: errors.slice(0, MOST_PARTS), length: errors.length };
  } catch {
    return undefined; // A Proxy that refuses to be looked at.
  }
}

function cut(text: string, { room }: Writer): string {
  const shown = text.slice(0, LONGEST_MESSAGE);
  if (sizeOf(shown) <= room) return shown;
  // A character takes at most six bytes of JSON.
  return shown.slice(0, Math.max(LEAST_TEXT, Math.floor(room / 6)));
}
