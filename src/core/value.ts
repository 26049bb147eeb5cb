/**
 * Values as the log keeps them: JSON made by `devalue`, so that Date, Map, Set, BigInt, undefined,
 * typed arrays, Buffer and cyclic values come back as they were, and errors with their name, message,
 * stack, cause and own fields.
 *
 * V1. `decode(encode(v))` is a fresh copy of `v`; nothing in it is shared with `v` or the log.
 * V2. A value that cannot be kept is refused whole. Only errors degrade: a field of an error that
 *     cannot be kept is left out, because an error must never make its own report fail.
 */
import { DevalueError, stringify, unflatten } from "devalue";
import { bareError, errorReducer, errorReviver } from "./error-value.ts";
import { SerializationError } from "./errors.ts";

/** An encoded value: plain JSON, opaque to everyone but this file. */
export type Encoded = number | readonly unknown[];

/**
 * @param what names the value in the error: `The input of workflow "order"`.
 * @throws SerializationError when some part of the value cannot be kept.
 */
export function encode(value: unknown, what: string): Encoded {
  try {
    return write(value, () => true);
  } catch {
    // Something cannot be kept. If it is part of an error, only that part is left out.
  }
  try {
    return write(value, rememberingByObject(isKeepable));
  } catch (error) {
    const path = error instanceof DevalueError ? error.path : undefined;
    throw new SerializationError({
      what,
      why: reasonOf(error),
      path: path || undefined,
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  // `devalue` calls itself for each level, until the stack is full.
  return /call stack|recursion/i.test(why) ? "it is nested too deeply" : why;
}

function write(value: unknown, keeps: (value: unknown) => boolean): Encoded {
  return JSON.parse(stringify(value, { Error: errorReducer(keeps), Buffer: bytesOf }, OPTIONS));
}

/** Errors within are left out of the question: they are kept with what of them can be. */
function isKeepable(value: unknown): boolean {
  try {
    stringify(value, { Error: errorReducer(() => false), Buffer: bytesOf }, OPTIONS);
    return true;
  } catch {
    return false;
  }
}

function rememberingByObject(judge: (value: unknown) => boolean): (value: unknown) => boolean {
  const verdicts = new Map<unknown, boolean>();
  return (value) => {
    const verdict = verdicts.get(value) ?? judge(value);
    verdicts.set(value, verdict);
    return verdict;
  };
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
  return encode(bareError(error), "an error");
}

/** A fresh copy of the value that was encoded. */
export function decode(encoded: Encoded): unknown {
  return unflatten(encoded as number | unknown[], { Error: errorReviver(), Buffer: bufferOf });
}

/** How many bytes something takes as JSON text in UTF-8. */
export function sizeOf(json: unknown): number {
  return new TextEncoder().encode(JSON.stringify(json)).length;
}

/** Only Node's kind of platform has it; elsewhere what it kept comes back as plain bytes. */
const { Buffer } = globalThis;

function bytesOf(value: unknown): Uint8Array | undefined {
  if (!Buffer?.isBuffer(value)) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function bufferOf(bytes: unknown): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw new Error("Invalid bytes of a Buffer");
  return Buffer ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes;
}

const OPTIONS = { operations: { viewInfo } };

/** A view brings the bytes it shows, not the whole buffer it is cut from. */
function viewInfo(view: ArrayBufferView): {
  buffer: ArrayBufferLike;
  byteOffset: number;
  byteLength: number;
  length: number;
  bufferByteLength: number;
} {
  const { buffer, byteOffset, byteLength } = view;
  const whole = byteLength === buffer.byteLength;
  const length = "length" in view ? Number(view.length) : byteLength;
  const own = whole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
  return { buffer: own, byteOffset: 0, byteLength, length, bufferByteLength: byteLength };
}
