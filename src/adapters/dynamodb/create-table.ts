import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type TableDescription,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { type Duration, toMillis } from "../../core/duration.ts";
import { ConfigurationError, DetentError } from "../../core/errors.ts";
import { isError } from "../../core/thrown.ts";
import { systemClock } from "../../platform/system-clock.ts";
import type { Clock } from "../../ports/clock.ts";
import { TTL_ATTRIBUTE, tableDefinition } from "./keys.ts";
import {
  createRequests,
  type DynamoClient,
  REQUEST_TIMEOUT_MS,
  type Requests,
  TABLE_MISSING,
} from "./requests.ts";

export interface CreateTableOptions {
  client: DynamoClient;
  tableName: string;
  /** How long to wait until the table can be used. Default: 5 minutes. */
  timeout?: Duration | undefined;
  clock?: Clock | undefined;
}

/**
 * Creates the table that `createDynamoStore` needs, unless it is there, and waits until it can be
 * used. Any number of callers may do so at once.
 *
 * @throws ConfigurationError when a table of that name has other keys or indexes;
 *   StoreUnavailableError when DynamoDB gives no answer, or the table is not ready in time.
 */
export async function createTable(options: CreateTableOptions): Promise<void> {
  const { tableName: TableName } = options;
  const withinMs = toMillis(options.timeout ?? "5m", "timeout");
  const requests = createRequests({
    client: options.client,
    tableName: TableName,
    // A table may take minutes, but nobody waits minutes to hear that no server is there.
    timeoutMs: Math.min(withinMs, REQUEST_TIMEOUT_MS),
    clock: options.clock ?? systemClock,
  });
  const attempt = async (): Promise<TableDescription | undefined> => {
    const described = await describe(requests, TableName);
    if (!described) await create(requests, TableName);
    return described && isReady(described) ? described : undefined;
  };
  const wait = { withinMs, why: `table "${TableName}" is not ready yet` };
  const table = await requests.until("CreateTable", attempt, wait);
  checkShape(TableName, table);
  await enableTimeToLive(requests, TableName);
}

async function describe(
  requests: Requests,
  TableName: string,
): Promise<TableDescription | undefined> {
  try {
    const { Table } = await requests.send(new DescribeTableCommand({ TableName }));
    return Table;
  } catch (error) {
    if (error instanceof DetentError && error.code === TABLE_MISSING) return undefined;
    throw error;
  }
}

async function create(requests: Requests, TableName: string): Promise<void> {
  try {
    await requests.send(new CreateTableCommand({ TableName, ...tableDefinition }));
  } catch (error) {
    // Another caller was faster, or an older table of that name is still being deleted.
    if (!isError(error) || error.name !== "ResourceInUseException") throw error;
  }
}

function isReady({ TableStatus, GlobalSecondaryIndexes }: TableDescription): boolean {
  const indexes = GlobalSecondaryIndexes ?? [];
  return TableStatus === "ACTIVE" && indexes.every(({ IndexStatus }) => IndexStatus === "ACTIVE");
}

/** @throws ConfigurationError */
function checkShape(tableName: string, table: TableDescription): void {
  const { KeySchema, GlobalSecondaryIndexes } = tableDefinition;
  const expected = [{ IndexName: undefined, KeySchema }, ...GlobalSecondaryIndexes];
  for (const { IndexName, KeySchema } of expected) {
    const found = IndexName
      ? table.GlobalSecondaryIndexes?.find((index) => index.IndexName === IndexName)
      : table;
    if (keysOf(found) === keysOf({ KeySchema })) continue;
    throw new ConfigurationError(
      `Table "${tableName}" was not made by createTable: the keys of ${IndexName ? `its index "${IndexName}"` : "the table"} are ${keysOf(found) || "missing"} and not ${keysOf({ KeySchema })}. Choose another name.`,
    );
  }
}

function keysOf(keyed: Pick<TableDescription, "KeySchema"> | undefined): string {
  const keys = keyed?.KeySchema ?? [];
  return keys.map(({ AttributeName, KeyType }) => `${AttributeName} (${KeyType})`).join(", ");
}

/** It may take an hour to be enabled; nothing needs to wait for that. */
async function enableTimeToLive(requests: Requests, TableName: string): Promise<void> {
  if (await hasTimeToLive(requests, TableName)) return;
  const TimeToLiveSpecification = { AttributeName: TTL_ATTRIBUTE, Enabled: true };
  try {
    await requests.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  } catch (error) {
    if (!(await hasTimeToLive(requests, TableName))) throw error;
  }
}

async function hasTimeToLive(requests: Requests, TableName: string): Promise<boolean> {
  const { TimeToLiveDescription } = await requests.send(
    new DescribeTimeToLiveCommand({ TableName }),
  );
  const { TimeToLiveStatus, AttributeName } = TimeToLiveDescription ?? {};
  const isOn = TimeToLiveStatus === "ENABLED" || TimeToLiveStatus === "ENABLING";
  return isOn && AttributeName === TTL_ATTRIBUTE;
}
