/** The rows of items: one with a `dueAt` stands in the index of what is due (S24, S25, S31). */
import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { inParallel } from "../../core/in-parallel.ts";
import type { LogStore, Row } from "../../ports/store.ts";
import { conditional } from "./conditions.ts";
import { updateOf } from "./expressions.ts";
import {
  ENDED,
  endMarkKey,
  entryKey,
  HEAD,
  type ItemKey,
  incarnationOf,
  numberOf,
} from "./keys.ts";
import type { Table } from "./table.ts";

export function createClearRows(table: Table): LogStore["clearRows"] {
  return async (key, rows) => {
    await inParallel(rows, async (row) => {
      const update = updateOf(table.name, {
        key: row.type === "entry" ? entryKey(key, row.position) : endMarkKey(key, row.command),
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
  const incarnation = incarnationOf(pk);
  if (sk.startsWith(ENDED)) return { incarnation, type: "mark", command: numberOf(sk) };
  return { incarnation, type: "entry", position: numberOf(sk) };
}
