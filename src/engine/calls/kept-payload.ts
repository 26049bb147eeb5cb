import type { StandardSchemaV1 } from "@standard-schema/spec";
import { validated } from "../../authoring/schema.ts";
import { PayloadTooLargeError } from "../../core/errors.ts";
import { type Encoded, encode, refuseTooDeep, sizeOf } from "../../core/value.ts";
import { VALUE_LIMIT } from "../../ports/limits.ts";

/**
 * What the code gets for a payload from outside, as it is kept.
 * @param what names it in errors: `The payload of hook "approval"`.
 * @throws InvalidInputError, SerializationError, PayloadTooLargeError
 */
export async function keptPayload(
  what: string,
  payload: unknown,
  schema: StandardSchemaV1 | undefined,
): Promise<Encoded> {
  refuseTooDeep(payload, what);
  const kept = encode(await validated(what, payload, schema), what);
  const size = sizeOf(kept);
  if (size > VALUE_LIMIT) throw new PayloadTooLargeError({ what, size, limit: VALUE_LIMIT });
  return kept;
}
