import { StoreRefusedError } from "../../core/errors.ts";
import { isError } from "../../core/thrown.ts";
import type { Item } from "./attributes.ts";

/**
 * The answer to a conditional write, or to the item that made its condition fail, which costs no
 * read; `undefined` stands for no item.
 */
export async function conditional<Answer>(
  write: () => Promise<Answer>,
  otherwise: (standing: Item | undefined) => Answer,
): Promise<Answer> {
  try {
    return await write();
  } catch (error) {
    if (!isError(error) || error.name !== "ConditionalCheckFailedException") throw error;
    return otherwise((error as { Item?: Item }).Item);
  }
}

/** The item that made a condition fail which holds where there is none. */
export function present(standing: Item | undefined): Item {
  if (standing) return standing;
  throw new StoreRefusedError(
    "store.refused",
    "The server did not tell which item made a condition fail. Use DynamoDB, or a DynamoDB Local that knows ReturnValuesOnConditionCheckFailure (1.23, 2.0 or newer).",
  );
}
