/** A run that begins, as items: its head, and its start where that is not small. */
import type { Put, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { fitsInHead } from "../../ports/limits.ts";
import type { StartedHead } from "../../ports/store.ts";
import { entryItem } from "./entry-item.ts";
import { mentioned } from "./expressions.ts";
import { headItem } from "./head-item.ts";
import type { Table } from "./table.ts";

/** The head, where there is none whose retention is not over. */
export function birthOf(table: Table, head: StartedHead, now = head.createdAt): Put {
  const { start, ...rest } = head;
  const condition = "attribute_not_exists(#pk) OR #expiresAt <= :now";
  return {
    TableName: table.name,
    Item: headItem(fitsInHead(start) ? head : rest),
    ConditionExpression: condition,
    ...mentioned([condition], { now }),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  };
}

/** The start, if it stands beside the head. */
export function startBeside(table: Table, head: StartedHead, ttl: number): TransactWriteItem[] {
  const { start } = head;
  if (fitsInHead(start)) return [];
  const Item = entryItem(head, start, { eventsText: JSON.stringify(start.events), ttl });
  return [{ Put: { TableName: table.name, Item } }];
}
