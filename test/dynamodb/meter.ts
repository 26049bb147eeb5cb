/** Counts what requests cost, as DynamoDB reports it. */
import type { ConsumedCapacity, DynamoDBClient } from "@aws-sdk/client-dynamodb";

export interface Cost {
  /** Write units of the table and of each index, by name; the sum under `write`. */
  write: number;
  read: number;
  table: number;
  indexes: Record<string, number>;
}

type Arguments = { input: object };
type Answer = { output: { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] } };
type Next = (args: Arguments) => Promise<Answer>;

const READS = /^(Get|Query|BatchGet|Scan)/;
const DATA = /(Item|Items|Query|Scan)Command$/;

/** @returns a function that answers what was consumed since it was last called */
export function meter(client: DynamoDBClient): () => Cost {
  let cost = noCost();
  const middleware = (next: Next, { commandName = "" }: { commandName?: string }) => {
    return async (args: Arguments): Promise<Answer> => {
      if (!DATA.test(commandName)) return next(args);
      const answer = await next({ input: { ...args.input, ReturnConsumedCapacity: "INDEXES" } });
      for (const consumed of [answer.output.ConsumedCapacity ?? []].flat()) {
        cost[READS.test(commandName) ? "read" : "write"] += consumed.CapacityUnits ?? 0;
        cost.table += consumed.Table?.CapacityUnits ?? 0;
        for (const [name, index] of Object.entries(consumed.GlobalSecondaryIndexes ?? {})) {
          cost.indexes[name] = (cost.indexes[name] ?? 0) + (index.CapacityUnits ?? 0);
        }
      }
      return answer;
    };
  };
  client.middlewareStack.add(middleware as never, { step: "initialize", name: "meter" });
  return () => {
    const before = cost;
    cost = noCost();
    return before;
  };
}

function noCost(): Cost {
  return { write: 0, read: 0, table: 0, indexes: {} };
}
