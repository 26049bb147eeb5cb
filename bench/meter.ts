/**
 * What requests cost, as DynamoDB reports it. What it does not report is charged here: a transaction, and
 * a write whose condition fails, which is billed by the size of the item that stands there.
 */
import type {
  AttributeValue,
  CancellationReason,
  ConsumedCapacity,
  DynamoDBClient,
  TransactWriteItem,
} from "@aws-sdk/client-dynamodb";

import { unitsOfTransaction } from "./transactions.ts";

/** What the requests of one command came to. */
export interface Count {
  /** Requests, that is round trips. */
  calls: number;
  /** How many of them failed their condition. */
  failed: number;
  /** Capacity units; those of the indexes are part of both. */
  write: number;
  read: number;
  indexes: number;
}

/** By command, such as `PutItem`. */
export type Counts = Record<string, Count>;

export interface Meter {
  /** What was counted since it was last asked. */
  take(): Counts;
}

interface Reported {
  ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[];
}

const DATA = /(Item|Items|Query|Scan)Command$/;
const READS = /^(Get|BatchGet|Query|Scan|TransactGet)/;

export function meter(client: DynamoDBClient): Meter {
  let counts: Counts = {};
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        if (!DATA.test(commandName)) return await next(args);
        const command = commandName.replace(/Command$/, "");
        counts[command] ??= nothing();
        const count = counts[command];
        count.calls += 1;
        const input = { ...args.input, ReturnConsumedCapacity: "INDEXES" };
        try {
          const answer = await next({ ...args, input: input as typeof args.input });
          if (command === "TransactWriteItems") {
            const { TransactItems = [] } = args.input as { TransactItems?: TransactWriteItem[] };
            const { write, indexes } = unitsOfTransaction(TransactItems);
            count.write += write;
            count.indexes += indexes;
            return answer;
          }
          const { ConsumedCapacity } = answer.output as Reported;
          for (const each of [ConsumedCapacity ?? []].flat()) add(count, command, each);
          return answer;
        } catch (error) {
          const units = unitsOfFailure(error);
          if (units > 0) count.failed += 1;
          count.write += units;
          throw error;
        }
      },
    { step: "initialize", name: "meter" },
  );
  return {
    take() {
      const taken = counts;
      counts = {};
      return taken;
    },
  };
}

export function nothing(): Count {
  return { calls: 0, failed: 0, write: 0, read: 0, indexes: 0 };
}

/** All counts as one. */
export function total(counts: Counts): Count {
  const sum = nothing();
  for (const count of Object.values(counts)) addTo(sum, count);
  return sum;
}

/** Several counts, command by command. */
export function together(all: readonly Counts[]): Counts {
  const sums: Counts = {};
  for (const [command, count] of all.flatMap((counts) => Object.entries(counts))) {
    sums[command] ??= nothing();
    addTo(sums[command], count);
  }
  return sums;
}

function addTo(sum: Count, count: Count): void {
  for (const field of ["calls", "failed", "write", "read", "indexes"] as const) {
    sum[field] += count[field];
  }
}

function add(count: Count, command: string, consumed: ConsumedCapacity): void {
  count[READS.test(command) ? "read" : "write"] += consumed.CapacityUnits ?? 0;
  for (const index of Object.values(consumed.GlobalSecondaryIndexes ?? {})) {
    count.indexes += index.CapacityUnits ?? 0;
  }
}

type Standing = Record<string, AttributeValue> | undefined;

interface Failure {
  name?: string;
  Item?: Standing;
  CancellationReasons?: readonly CancellationReason[];
}

function unitsOfFailure(error: unknown): number {
  const { name, Item, CancellationReasons = [] }: Failure = Object(error);
  if (name === "ConditionalCheckFailedException") return unitsOf(Item);
  if (name !== "TransactionCanceledException") return 0;
  // A transaction costs twice as much.
  return CancellationReasons.reduce((units, reason) => units + 2 * unitsOf(reason.Item), 0);
}

function unitsOf(item: Standing): number {
  return Math.max(1, Math.ceil(JSON.stringify(item ?? {}).length / 1024));
}
