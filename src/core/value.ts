/**
 * Values as the log keeps them: JSON made by `devalue`, so that Date, Map, Set, BigInt, undefined,
 * typed arrays and cyclic values come back as they were, and errors with their name, message,
 * stack, cause and own fields.
 *
 * V1. `decode(encode(v))` is a fresh copy of `v`; nothing in it is shared with `v` or the log.
 * V2. A value that cannot be kept is refused whole. Only errors degrade: a field of an error that
 *     cannot be kept is left out, because an error must never make its own report fail.
 */
import { DevalueError, stringify, unflatten } from "devalue";
import { ERROR_KINDS, kindOf, SerializationError } from "./errors.ts";

/** An encoded value: plain JSON, opaque to everyone but this file. */
export type Encoded = number | readonly unknown[];

/** Keys of an error that are kept beside its fields. */
const OWN_PLACE = new Set(["name", "message", "stack", "cause", "errors", "__proto__"]);
const STACK_LIMIT = 8 * 1024;
const MESSAGE_LIMIT = 16 * 1024;

/**
 * @param what names the value in the error: `The input of workflow "order"`.
 * @throws SerializationError when some part of the value cannot be kept.
 */
export function encode(value: unknown, what: string): Encoded {
  try {
    return JSON.parse(stringify(value, { Error: errorReducer() }, { operations: { viewInfo } }));
  } catch (error) {
    const path = error instanceof DevalueError ? error.path : undefined;
    const why = error instanceof Error ? error.message : String(error);
    throw new SerializationError({ what, why, path: path || undefined, cause: error });
  }
}

/** What an error takes at most; a larger one is kept without its fields, causes and stack. */
const ERROR_LIMIT = 64 * 1024;

/** Encodes an error. Never fails: what of it cannot be kept is left out. */
export function encodeError(error: Error): Encoded {
  try {
    const encoded = encode(error, "an error");
    if (sizeOf(encoded) <= ERROR_LIMIT) return encoded;
  } catch {
    // Such as a getter that throws: kept by its name and message.
  }
  const bare = new Error(text(error.message, "").slice(0, MESSAGE_LIMIT));
  bare.name = text(error.name, "Error");
  delete bare.stack;
  return encode(bare, "an error");
}

/** A fresh copy of the value that was encoded. */
export function decode(encoded: Encoded): unknown {
  return unflatten(encoded as number | unknown[], { Error: errorReviver() });
}

/** How many bytes something takes as JSON text in UTF-8. */
export function sizeOf(json: unknown): number {
  return new TextEncoder().encode(JSON.stringify(json)).length;
}

interface KeptError {
  name: string;
  message: string;
  stack?: string;
  kind?: string;
  fields?: Record<string, unknown>;
  cause?: unknown;
  errors?: unknown[];
}

function errorReducer(): (value: unknown) => KeptError | undefined {
  const kept = new Map<Error, KeptError>();
  const reduce = (value: unknown): KeptError | undefined => {
    if (!isError(value)) return undefined;
    const known = kept.get(value);
    if (known) return known;
    const error: KeptError = {
      name: text(value.name, "Error"),
      message: text(value.message, "").slice(0, MESSAGE_LIMIT),
    };
    kept.set(value, error);
    if (typeof value.stack === "string") error.stack = value.stack.slice(0, STACK_LIMIT);
    const kind = kindOf(value);
    if (kind !== undefined) error.kind = kind;
    for (const key of Object.keys(value)) {
      if (OWN_PLACE.has(key) || !keepable(() => Reflect.get(value, key))) continue;
      error.fields ??= {};
      error.fields[key] = Reflect.get(value, key);
    }
    if (value.cause !== undefined) {
      error.cause = keepable(() => value.cause) ? value.cause : String(value.cause);
    }
    if (value instanceof AggregateError && Array.isArray(value.errors)) {
      error.errors = value.errors.map((each) => (keepable(() => each) ? each : String(each)));
    }
    return error;
  };
  const keepable = (read: () => unknown): boolean => {
    try {
      stringify(read(), { Error: reduce }, { operations: { viewInfo } });
      return true;
    } catch {
      return false;
    }
  };
  return reduce;
}

/**
 * Revives into one object per kept error, however often it is met: inside a cycle `devalue` hands
 * over the same payload twice, first half-filled and at last complete.
 */
function errorReviver(): (kept: KeptError) => Error {
  const revived = new Map<KeptError, Error>();
  return (kept) => {
    let error = revived.get(kept);
    if (!error) {
      error = kept.errors ? new AggregateError([]) : new Error();
      revived.set(kept, error);
    }
    const kind = ERROR_KINDS[kept.kind as keyof typeof ERROR_KINDS];
    if (kind) Object.setPrototypeOf(error, kind.prototype);
    for (const [key, value] of Object.entries(kept.fields ?? {})) {
      Object.defineProperty(error, key, { value, ...VISIBLE });
    }
    if (error.name !== kept.name)
      Object.defineProperty(error, "name", { value: kept.name, ...HIDDEN });
    for (const key of ["message", "stack", "cause", "errors"] as const) {
      if (key in kept) Object.defineProperty(error, key, { value: kept[key], ...HIDDEN });
    }
    return error;
  };
}

const HIDDEN = { enumerable: false, writable: true, configurable: true };
const VISIBLE = { enumerable: true, writable: true, configurable: true };

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function text(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}

/** Copies just the bytes a view shows: a small Buffer must not bring its whole pool along. */
function viewInfo(view: ArrayBufferView): {
  buffer: ArrayBufferLike;
  byteOffset: number;
  byteLength: number;
  length: number;
  bufferByteLength: number;
} {
  const { byteLength } = view;
  const buffer = view.buffer.slice(view.byteOffset, view.byteOffset + byteLength);
  const length = "length" in view ? Number(view.length) : byteLength;
  return { buffer, byteOffset: 0, byteLength, length, bufferByteLength: byteLength };
}
