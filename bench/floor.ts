/**
 * The least that a durable step can take: a claim and a completion, each a conditional put, and one
 * query for what others wrote, with the SDK alone.
 */
import { randomUUID } from "node:crypto";
import { type DynamoDBClient, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { Load } from "./scenarios.ts";

/** As many in flight as the scheduler runs turns at once. */
const AT_ONCE = 32;
/** About as much as an entry of one event holds. */
const EVENTS = JSON.stringify([{ type: "step", step: "tick", claim: randomUUID(), filler: "" }]);

export interface Table {
  client: DynamoDBClient;
  tableName: string;
}

/** Does what a load asks for without an engine. */
export async function runFloor(table: Table, { shape, runs, steps }: Load): Promise<void> {
  const logs = Array.from({ length: runs }, () => `floor#${randomUUID()}`);
  const chains = logs.flatMap((log) =>
    shape === "sequential"
      ? [() => inOrder(table, log, steps)]
      : Array.from({ length: steps }, (_, step) => () => runStep(table, log, step)),
  );
  await Promise.all(Array.from({ length: AT_ONCE }, () => workOff(chains)));
}

async function workOff(chains: (() => Promise<void>)[]): Promise<void> {
  for (let chain = chains.shift(); chain; chain = chains.shift()) await chain();
}

async function inOrder(table: Table, log: string, steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) await runStep(table, log, step);
}

async function runStep(table: Table, log: string, step: number): Promise<void> {
  await put(table, log, 2 * step);
  await query(table, log, 2 * step);
  await put(table, log, 2 * step + 1);
}

async function put({ client, tableName }: Table, log: string, position: number): Promise<void> {
  await client.send(
    new PutItemCommand({
      TableName: tableName,
      Item: {
        pk: { S: log },
        sk: { S: sortOf(position) },
        id: { S: randomUUID() },
        at: { N: String(Date.now()) },
        events: { S: EVENTS },
        ttl: { N: String(Math.ceil(Date.now() / 1000) + 86_400) },
      },
      ConditionExpression: "attribute_not_exists(pk)",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    }),
  );
}

/** What was written from a position on. */
async function query({ client, tableName }: Table, log: string, position: number): Promise<void> {
  await client.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
      ExpressionAttributeValues: {
        ":pk": { S: log },
        ":from": { S: sortOf(position) },
        ":to": { S: "entry#~" },
      },
      ConsistentRead: true,
    }),
  );
}

function sortOf(position: number): string {
  return `entry#${String(position).padStart(10, "0")}`;
}
