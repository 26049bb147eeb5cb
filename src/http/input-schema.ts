/** What a workflow takes, as JSON Schema: for forms, and for machines that call it. */
import type { StandardJSONSchemaV1 } from "@standard-schema/spec";
import type * as z from "zod/mini";
import type { AnyWorkflow } from "../authoring/workflow.ts";
import { type JsonSchema, toJsonSchema } from "./openapi/json-schema.ts";

/** Nothing if the workflow takes anything, or its schema cannot be told as JSON Schema. */
export function inputSchemaOf({ input }: AnyWorkflow): JsonSchema | undefined {
  if (input === undefined) return undefined;
  try {
    // The zod of this package makes it: a schema made by zod/mini does not bring the code for it
    // along.
    if (isZod(input)) return toJsonSchema(input);
    if (!isStandardJson(input)) return undefined;
    const schema = input["~standard"].jsonSchema.input({ target: "draft-2020-12" });
    return JSON.parse(JSON.stringify(schema));
  } catch {
    return undefined;
  }
}

function isZod(schema: object): schema is z.core.$ZodType {
  return "_zod" in schema;
}

function isStandardJson(schema: { readonly "~standard": object }): schema is StandardJSONSchemaV1 {
  return "jsonSchema" in schema["~standard"];
}
