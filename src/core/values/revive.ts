import { unflatten } from "devalue";
import { Malformed } from "./malformed.ts";
import { errorReviver } from "./revive-error.ts";

/** A `Buffer` comes back as plain bytes on platforms that have no such class. */
const { Buffer } = globalThis;

/** The value that an encoding stands for. @throws Malformed */
export function revive(encoded: unknown): unknown {
  try {
    const revivers = { Error: errorReviver(), Buffer: asBuffer };
    return unflatten(encoded as number | unknown[], revivers);
  } catch (error) {
    if (error instanceof Malformed) throw error;
    // Not as its cause: it may quote the value.
    throw new Malformed("it is not an encoded value, or one that this platform lacks");
  }
}

function asBuffer(bytes: unknown): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw new Malformed("a Buffer in it has no bytes");
  return Buffer ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes;
}
