/** Reading what a request's address says. */
import type { Context } from "hono";
import type * as z from "zod/mini";
import { InvalidInputError, type Issue } from "../core/errors.ts";
import { check } from "./check.ts";
import { labelSchema } from "./fields/requests.ts";
import { IN_QUERY } from "./protocol/address.ts";

/**
 * The id that the route calls `key`: the decoded part of the path, or what the query says where
 * that part is `~`.
 * @throws InvalidInputError for what no id can be.
 */
export function readPath(c: Context, key: string): string {
  const { pathname } = new URL(c.req.url);
  const what = `The ${key} in the path`;
  if (!canBeDecoded(pathname)) {
    const message = "must be percent-encoded UTF-8";
    throw new InvalidInputError(`${what} cannot be read:`, [{ message, path: [key] }]);
  }
  return check(labelSchema, givenId(c, key), what);
}

/** The id as it was given, whatever that is. */
export function givenId(c: Context, key: string): unknown {
  if (!isInQuery(c, key)) return c.req.param(key);
  return only(new URL(c.req.url).searchParams.getAll(key));
}

/**
 * What the query says besides the ids that belong to the path.
 * @throws InvalidInputError for a bad value, one that is given more than once, or an unknown name.
 */
export function readQuery<Schema extends z.ZodMiniObject>(
  c: Context,
  schema: Schema,
): z.output<Schema> {
  const { searchParams } = new URL(c.req.url);
  const names = new Set(searchParams.keys());
  for (const id of Object.keys(c.req.param())) {
    if (isInQuery(c, id)) names.delete(id);
  }
  const known = Object.keys(schema.shape);
  const unknown = [...names].filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new InvalidInputError(UNKNOWN, unknown.map(unknownName(known)));
  const query = [...names].map((name) => [name, only(searchParams.getAll(name))]);
  return check(schema, Object.fromEntries(query), "The query");
}

const UNKNOWN = "The query says what is not known here:";

function unknownName(known: readonly string[]): (name: string) => Issue {
  const instead = known.length > 0 ? `; known are ${known.join(", ")}` : "";
  return (name) => ({ message: `is not known here${instead}`, path: [name] });
}

/** Whether the path leaves this id to the query. */
function isInQuery(c: Context, key: string): boolean {
  return c.req.param(key) === IN_QUERY && new URL(c.req.url).searchParams.has(key);
}

/** A list is what no schema of a query takes. */
function only(values: readonly string[]): unknown {
  return values.length === 1 ? values[0] : values;
}

function canBeDecoded(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
