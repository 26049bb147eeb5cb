/** Schemas as authors give them: any Standard Schema. */
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import * as z from "zod/mini";
import { InvalidInputError } from "../core/errors.ts";
import { issuesOf } from "../core/issues.ts";

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Some libraries make objects, others functions. */
export function isSchema(value: unknown): value is StandardSchemaV1 {
  const standard: unknown = Reflect.get(Object(value), "~standard");
  return typeof Reflect.get(Object(standard), "validate") === "function";
}

/**
 * What a schema puts out for a value; the value itself where there is none.
 * @param what names it in the error: `The payload of hook "approval"`.
 * @throws InvalidInputError
 */
export async function validated(
  what: string,
  given: unknown,
  schema: StandardSchemaV1 | undefined,
): Promise<unknown> {
  if (!schema) return given;
  const result = await schema["~standard"].validate(given);
  if (!result.issues) return result.value;
  throw new InvalidInputError(`${what} does not fit its schema.`, issuesOf(result.issues));
}

/** What a schema takes, as JSON Schema. Nothing if it takes anything, or cannot be told so. */
export function jsonSchemaOf(schema: StandardSchemaV1 | undefined): JsonSchema | undefined {
  if (schema === undefined) return undefined;
  try {
    // The zod of this package makes it: a schema made by zod/mini does not bring the code for it
    // along.
    if (isZod(schema)) return plain(z.toJSONSchema(schema, OPTIONS));
    if (!isStandardJson(schema)) return undefined;
    return plain(schema["~standard"].jsonSchema.input({ target: OPTIONS.target }));
  } catch {
    return undefined;
  }
}

/** Describes what is sent, before any transform. */
const OPTIONS = {
  io: "input",
  target: "draft-2020-12",
  unrepresentable: "any",
} as const satisfies z.core.ToJSONSchemaParams;

function isZod(schema: object): schema is z.core.$ZodType {
  return "_zod" in schema;
}

function isStandardJson(schema: {
  readonly "~standard": object;
}): schema is StandardSchemaV1 & StandardJSONSchemaV1 {
  return "jsonSchema" in schema["~standard"];
}

/** Just what JSON says of it, without its frame: whoever tells it names the dialect. */
function plain(schema: object): JsonSchema {
  const { $schema: _, $id: __, ...rest }: JsonSchema = JSON.parse(JSON.stringify(schema));
  return rest;
}
