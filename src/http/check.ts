import * as z from "zod/mini";
import { InvalidInputError } from "../core/errors.ts";
import { issuesOf } from "../core/issues.ts";

/**
 * The value as the schema puts it out.
 * @throws InvalidInputError with one issue for each problem.
 */
export function check<Schema extends z.core.$ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  throw new InvalidInputError(`${what} is not as it should be:`, issuesOf(result.error.issues));
}
