/** JSON Schema, as zod makes it of its schemas. */
import * as z from "zod/mini";

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * How schemas are written as JSON Schema where zod does not tell it: instead of its own words, or
 * besides.
 */
export const jsonForms = z.registry<{ instead: JsonSchema } | { besides: JsonSchema }>();

/** The schemas that the document names, under the names it gives them. */
export const components = z.registry<{ id: string }>();

/** Describes what is sent, before any transform. */
const OPTIONS = {
  io: "input",
  target: "draft-2020-12",
  unrepresentable: "any",
  override({ zodSchema, jsonSchema }) {
    const form = jsonForms.get(zodSchema);
    if (form === undefined) return;
    if ("instead" in form) {
      for (const keyword of Object.keys(jsonSchema)) delete jsonSchema[keyword];
    }
    Object.assign(jsonSchema, "instead" in form ? form.instead : form.besides);
  },
} as const satisfies z.core.ToJSONSchemaParams;

/** The JSON schema of one zod schema, without references. */
export function toJsonSchema(schema: z.core.$ZodType): JsonSchema {
  return withoutFrame(z.toJSONSchema(schema, OPTIONS));
}

/** The JSON schemas of all components; they refer to each other. */
export function componentSchemas(): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(components, { ...OPTIONS, uri: refTo });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => [id, withoutFrame(schema)]),
  );
}

/** A reference to the component that was made of this schema. */
export function reference(schema: z.core.$ZodType): JsonSchema {
  const id = components.get(schema)?.id;
  return id === undefined ? toJsonSchema(schema) : { $ref: refTo(id) };
}

function refTo(id: string): string {
  return `#/components/schemas/${id}`;
}

/** The document names the dialect once, and its place names the schema. */
function withoutFrame({ $schema: _, $id: __, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
