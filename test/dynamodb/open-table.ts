import { randomUUID } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { inject } from "vitest";
import { createLocalClient } from "../../infra/local-client.ts";
import { createTable } from "../../src/adapters/dynamodb/index.ts";

/** A table of one test file's own, and a client of its own to it. */
export async function openTable(): Promise<{ client: DynamoDBClient; tableName: string }> {
  const client = createLocalClient(inject("dynamodbEndpoint"));
  const tableName = `test-${randomUUID()}`;
  await createTable({ client, tableName });
  return { client, tableName };
}
