/** Reads items back: each is checked, so that a foreign or damaged one is a clear error. */

import * as z from "zod/mini";
import { StoreDamagedError } from "../../core/errors.ts";
import type { Encoded } from "../../core/value.ts";
import { type Item, unmarshal } from "./attributes.ts";

/** @throws DetentError `store.damaged` when the item does not fit the schema. */
export function parseItem<Schema extends z.ZodMiniType>(
  schema: Schema,
  item: Item,
): z.output<Schema> {
  const parsed = z.safeParse(schema, unmarshal(item));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const why = issue ? `${issue.path.join(".")}: ${issue.message}` : "it has another shape";
  throw new StoreDamagedError(`Item ${item["pk"]?.S} ${item["sk"]?.S}`, why, parsed.error);
}

/** An attribute of JSON text. */
export function json<Schema extends z.ZodMiniType>(
  schema: Schema,
): z.ZodMiniType<z.output<Schema>, string> {
  return z.pipe(z.pipe(z.string(), parseJson), schema) as never;
}

const parseJson = z.transform((text: string, context) => {
  try {
    return JSON.parse(text);
  } catch {
    context.issues.push({ code: "custom", message: "not JSON", input: text });
    return z.NEVER;
  }
});

export const encoded = z.custom<Encoded>(
  (value) => typeof value === "number" || Array.isArray(value),
);
