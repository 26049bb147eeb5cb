/**
 * Records as readable JSON.
 *
 * SR1. Each field is shown by itself, so that nothing in it refers to another field, or to another
 *      record of the same answer.
 * SR2. A field that takes more than may be shown is cut: `{ truncated: true, bytes }` stands for it.
 *      The lossless form has it whole, and never takes much more than what is kept.
 */
import { DEEPEST_BODY } from "../core/bounds.ts";
import { readableText } from "../core/readable.ts";
import { encode, sizeOf } from "../core/value.ts";

/** Bytes of one field. Two of them fit into what Lambda answers, however they are escaped there. */
export const LARGEST_FIELD = 1024 * 1024;

/** What stands for a value that is too large to be shown; `bytes` is its size as it is kept. */
export interface Truncated {
  truncated: true;
  bytes: number;
}

/** The record as JSON text. What is undefined is left out. */
export function recordText(record: object): string {
  const fields = Object.entries(record).filter(([, field]) => field !== undefined);
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${fieldText(field)}`).join(",")}}`;
}

function fieldText(field: unknown): string {
  const text = readableText(field, LARGEST_FIELD);
  if (text !== undefined) return text;
  const bytes = sizeOf(encode(field, "A value", DEEPEST_BODY));
  return JSON.stringify({ truncated: true, bytes } satisfies Truncated);
}
