/** The rows of entries: an item with a `dueAt` stands in the index of what is due (S24, S25). */
import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { inParallel } from "../../core/in-parallel.ts";
import type { LogStore, Row } from "../../ports/store.ts";
import { conditional } from "./conditions.ts";
import { updateOf } from "./expressions.ts";
import { entryKey, HEAD, type ItemKey, incarnationOf, numberOf } from "./keys.ts";
import type { Table } from "./table.ts";

export function createClearRows(table: Table): LogStore["clearRows"] {
  return async (key, rows) => {
    await inParallel(rows, async ({ position }) => {
      const update = updateOf(table.name, {
        key: entryKey(key, position),
        remove: ["dueAt"],
        // Otherwise it would make the item that is not there.
        condition: "attribute_exists(#dueAt)",
      });
      await conditional<unknown>(
        () => table.requests.send(new UpdateItemCommand(update)),
        () => undefined,
      );
    });
  };
}

/** The row that the item with this key has; none if it is a head. */
export function rowIn({ pk, sk }: ItemKey): Row | undefined {
  if (sk === HEAD) return undefined;
  return { incarnation: incarnationOf(pk), type: "entry", position: numberOf(sk) };
}
