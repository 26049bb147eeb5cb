/**
 * Values as the log keeps them: JSON in the format of `devalue`, so that Date, Map, Set, BigInt,
 * undefined, typed arrays, Buffer and cyclic values come back as they were, and errors with their name,
 * message, stack, cause and own fields.
 *
 * V1. `decode(encode(v))` is a fresh copy of `v`; nothing in it is shared with `v` or the log.
 * V2. A value that would not come back as it was is refused whole. Only errors degrade: what of an
 *     error cannot be kept is left out, because an error must never make its own report fail.
 * V3. What is kept can be read by every process, however little stack it has.
 */
import { DEEPEST_VALUE } from "./bounds.ts";
import { SerializationError, StoreDamagedError } from "./errors.ts";
import { messageOf } from "./thrown.ts";
import { sizeOf } from "./values/bytes.ts";
import { checkForeign, type ForeignBounds } from "./values/check-foreign.ts";
import { Encoder } from "./values/encoder.ts";
import { bareError } from "./values/keep-error.ts";
import { nestsDeeper } from "./values/nesting.ts";
import { pathText } from "./values/path-text.ts";
import { revive } from "./values/revive.ts";
import type { Encoded } from "./values/writer.ts";

export { sizeOf } from "./values/bytes.ts";
export type { Encoded } from "./values/writer.ts";

/**
 * @param what names the value in the error: `The input of workflow "order"`.
 * @param deepest how many levels it may nest; more where values stand in an answer or a request.
 * @throws SerializationError when some part of the value cannot be kept.
 */
export function encode(value: unknown, what: string, deepest = DEEPEST_VALUE): Encoded {
  const encoder = new Encoder(deepest);
  try {
    return encoder.encode(value);
  } catch (error) {
    throw new SerializationError({ what, why: messageOf(error), path: pathText(encoder.path) });
  }
}

/**
 * Checks a value of foreign origin before code reads it that calls itself for each level, as
 * schemas do.
 * @throws SerializationError when it nests deeper than can be kept.
 */
export function refuseTooDeep(value: unknown, what: string): void {
  if (!nestsDeeper(value, DEEPEST_VALUE)) return;
  const why = `it is nested too deeply: at most ${DEEPEST_VALUE} levels can be kept`;
  throw new SerializationError({ what, why });
}

/** What an error takes at most; of a larger one, its fields, stacks and causes are cut. */
const ERROR_LIMIT = 64 * 1024;
/** Leaves room for what is kept however large the rest is. */
const ERROR_ROOM = ERROR_LIMIT - 16 * 1024;

/** Encodes an error, whatever it does when it is looked at. Never throws. */
export function encodeError(error: Error): Encoded {
  try {
    const encoded = new Encoder(DEEPEST_VALUE, ERROR_ROOM).encode(error);
    if (sizeOf(encoded) <= ERROR_LIMIT) return encoded;
  } catch {
    // Kept by its name and the start of its message.
  }
  return new Encoder(DEEPEST_VALUE).encode(bareError(error));
}

/** A fresh copy of the value that was encoded. @throws StoreDamagedError */
export function decode(encoded: Encoded): unknown {
  try {
    return revive(encoded);
  } catch (error) {
    throw new StoreDamagedError("A value that was kept", messageOf(error), error);
  }
}

/**
 * As `decode`, of what somebody else encoded: judged before anything is made of it.
 * @throws Malformed, which says why in words for whoever sent it.
 */
export function decodeForeign(encoded: unknown, bounds: ForeignBounds): unknown {
  if (Array.isArray(encoded)) checkForeign(encoded, bounds);
  return revive(encoded);
}
