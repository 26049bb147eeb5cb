/** Reading what a request's address says. */
import type { Context } from "hono";
import type * as z from "zod/mini";
import { check, labelSchema } from "./schemas.ts";

/**
 * The decoded part of the path that the route calls `key`.
 * @throws InvalidInputError for what no id can be.
 */
export function readPath(c: Context, key: string): string {
  return check(labelSchema, c.req.param(key), `The ${key} in the path`);
}

/** @throws InvalidInputError for a bad value, or one that is given more than once. */
export function readQuery<Schema extends z.core.$ZodType>(
  c: Context,
  schema: Schema,
): z.output<Schema> {
  const { searchParams } = new URL(c.req.url);
  const query = Object.fromEntries(
    [...new Set(searchParams.keys())].map((key) => {
      const values = searchParams.getAll(key);
      return [key, values.length === 1 ? values[0] : values];
    }),
  );
  return check(schema, query, "The query");
}
