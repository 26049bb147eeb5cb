/** What several answers have in common, as zod schemas of the readable form. */
import * as z from "zod/mini";
import type { ErrorSummary } from "../../core/error-summary.ts";
import { RUN_STATUSES } from "../../core/run.ts";
import { components, jsonForms } from "../openapi/json-schema.ts";
import { LARGEST_FIELD } from "../show-record.ts";

/** One schema for each field: one too many or too few does not compile. */
export type Shape<T> = { readonly [Key in keyof T]-?: z.core.$ZodType };

export const text = z.string();
export const count = z.int().check(z.gte(0));
export const time = z.string().register(jsonForms, { besides: { format: "date-time" } });
export const status = z.enum(RUN_STATUSES).register(components, { id: "RunStatus" });
const anyValue = z
  .unknown()
  .register(jsonForms, {
    besides: {
      description: `Any value in its readable form. One that takes more than ${LARGEST_FIELD} bytes is left out, and \`{ "truncated": true, "bytes": … }\` stands for it; the lossless form has it whole.`,
    },
  })
  .register(components, { id: "Value" });
/** `undefined` is left out. */
export const value = z.optional(anyValue);

export const errorSummary = z
  .object({
    name: text,
    message: text,
    code: z.optional(text),
    stack: z.optional(text),
    get cause(): z.core.$ZodType {
      return z.optional(errorSummary);
    },
  } satisfies Shape<ErrorSummary>)
  .register(components, { id: "ErrorSummary" });
