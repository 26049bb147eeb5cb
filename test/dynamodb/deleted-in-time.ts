import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";

/** Deletes all that DynamoDB may have deleted by then. @returns the sort keys of what that was. */
export async function deleteInTime(
  { client, tableName }: { client: DynamoDBClient; tableName: string },
  now: number,
): Promise<string[]> {
  const deleted: string[] = [];
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
  for (const item of Items) {
    const { pk, sk, ttl } = item as Record<string, AttributeValue>;
    if (!pk || !sk || ttl?.N === undefined || Number(ttl.N) * 1000 > now) continue;
    await client.send(new DeleteItemCommand({ TableName: tableName, Key: { pk, sk } }));
    deleted.push(String(sk.S));
  }
  return deleted;
}
