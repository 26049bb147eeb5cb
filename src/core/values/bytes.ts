/** Only Node's kind of platform has it, and is much faster with it. */
const { Buffer } = globalThis;
/** A call takes only so many arguments. */
const BYTES_AT_ONCE = 0x8000;

export function base64Of(bytes: Uint8Array): string {
  if (Buffer) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  }
  let text = "";
  for (let from = 0; from < bytes.length; from += BYTES_AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(from, from + BYTES_AT_ONCE));
  }
  return btoa(text);
}

/** How many bytes something takes as JSON text in UTF-8. */
export function sizeOf(json: unknown): number {
  return new TextEncoder().encode(JSON.stringify(json)).length;
}
