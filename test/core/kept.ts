import { decode, encode } from "../../src/core/value.ts";

/** The value as it comes back from a log: through the very text that a store keeps. */
export function kept<Value>(value: Value): Value {
  return decode(JSON.parse(JSON.stringify(encode(value, "a value")))) as Value;
}
