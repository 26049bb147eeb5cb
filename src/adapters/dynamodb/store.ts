import { type Duration, toMillis } from "../../core/duration.ts";
import { systemClock } from "../../platform/system-clock.ts";
import type { Clock } from "../../ports/clock.ts";
import { retentionMillis } from "../../ports/retention.ts";
import type { Store } from "../../ports/store.ts";
import { createChildren } from "./children.ts";
import { createHeads } from "./heads.ts";
import { createLists } from "./lists.ts";
import { createLog } from "./log.ts";
import { createRequests, type DynamoClient, REQUEST_TIMEOUT_MS } from "./requests.ts";
import type { Table } from "./table.ts";
import { createTasks } from "./tasks.ts";

export interface DynamoStoreOptions {
  client: DynamoClient;
  /** A table that `createTable` made. */
  tableName: string;
  /**
   * How long an ended run can be read: its record, log and results. Default: 30 days. DynamoDB deletes
   * the record then, and step results at the latest as long again after that.
   */
  retention?: Duration | undefined;
  /**
   * How long a call may take, with all that is sent again after throttling, faults of the server and
   * lost connections, before it throws `StoreUnavailableError`. Default: 15 seconds.
   */
  timeout?: Duration | undefined;
  /** Measures pauses and timeouts, and dates what is kept for the time being. */
  clock?: Clock | undefined;
}

/**
 * A store in one DynamoDB table.
 *
 * @example
 * const client = new DynamoDBClient();
 * await createTable({ client, tableName: "detent" });
 * const store = createDynamoStore({ client, tableName: "detent" });
 * @throws ConfigurationError, InvalidInputError for options that cannot be used.
 */
export function createDynamoStore(options: DynamoStoreOptions): Store {
  const { client, tableName, clock = systemClock } = options;
  const retentionMs = retentionMillis(options.retention);
  const timeoutMs = toMillis(options.timeout ?? REQUEST_TIMEOUT_MS, "timeout");
  const table: Table = {
    name: tableName,
    requests: createRequests({ client, tableName, timeoutMs, clock }),
    timeToLive: () => Math.ceil((clock.now() + 2 * retentionMs) / 1000),
  };
  return {
    retentionMs,
    repeatsCalls: true,
    runs: { ...createHeads(table), ...createLists(table) },
    log: createLog(table),
    tasks: createTasks(table),
    children: createChildren(table),
  };
}
