/** What tells one input from another, in few characters. */
import { encode } from "../../core/value.ts";
import { inOrder } from "../../core/values/in-order.ts";

/** Of a value in whatever order; none if that cannot be kept as it is. */
export async function digestOf(given: unknown): Promise<string | undefined> {
  try {
    return await digest(JSON.stringify(encode(inOrder(given), "the input")));
  } catch {
    return undefined;
  }
}

export async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes, 0, 16), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
