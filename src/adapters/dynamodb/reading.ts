/** Reads of several items, followed to their end. */
import {
  BatchGetItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import { inParallel } from "../../core/in-parallel.ts";
import { type Item, marshal } from "./attributes.ts";
import type { ItemKey } from "./keys.ts";
import type { Table } from "./table.ts";

/** The pages of a query, one by one. */
export async function* queryPages(
  table: Table,
  input: Omit<QueryCommandInput, "TableName">,
): AsyncGenerator<Item[]> {
  let from: Item | undefined;
  do {
    const { Items, LastEvaluatedKey } = await table.requests.send(
      new QueryCommand({ TableName: table.name, ...input, ExclusiveStartKey: from }),
    );
    yield Items ?? [];
    from = LastEvaluatedKey;
  } while (from);
}

const KEYS_IN_BATCH = 100;

/** The items that exist, strongly consistent, each once, in any order. */
export async function getItems(table: Table, keys: readonly ItemKey[]): Promise<Item[]> {
  const distinct = [...new Map(keys.map((key) => [`${key.pk} ${key.sk}`, key])).values()];
  const batches: ItemKey[][] = [];
  for (let from = 0; from < distinct.length; from += KEYS_IN_BATCH) {
    batches.push(distinct.slice(from, from + KEYS_IN_BATCH));
  }
  return (await inParallel(batches, (batch) => getBatch(table, batch))).flat();
}

/** DynamoDB leaves keys out of its answer when it is throttled and when the answer gets too long. */
function getBatch(table: Table, keys: readonly ItemKey[]): Promise<Item[]> {
  const items: Item[] = [];
  let left = keys.map(marshal);
  return table.requests.until("BatchGetItem", async () => {
    const { Responses, UnprocessedKeys } = await table.requests.send(
      new BatchGetItemCommand({
        RequestItems: { [table.name]: { Keys: left, ConsistentRead: true } },
      }),
    );
    items.push(...(Responses?.[table.name] ?? []));
    left = UnprocessedKeys?.[table.name]?.Keys ?? [];
    return left.length === 0 ? items : undefined;
  });
}
