/** Reads the encoded values that it is given, and shows them: with whatever stack its process has. */
import { isDeepStrictEqual } from "node:util";
import { readable } from "../../src/core/readable.ts";
import { decode, type Encoded, encode } from "../../src/core/value.ts";

const values: Encoded[] = JSON.parse(process.argv[2] ?? "[]");
const shown = values.map((encoded) => {
  const value = decode(encoded);
  if (!isDeepStrictEqual(encode(value, "it"), encoded)) throw new Error("it came back otherwise");
  return readable(value);
});
process.stdout.write(JSON.stringify(shown));
