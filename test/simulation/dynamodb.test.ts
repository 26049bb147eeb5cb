import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { openTable } from "../dynamodb/open-table.ts";
import { type Judged, report, simulateSeed } from "./seeds.ts";
import type { Planted } from "./simulation.ts";

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
/** Longer than these live. */
const DAY_MS = 86_400_000;

/** Where nothing but sweeps is heard, these live for many times this retention. */
const LONG = [263, 322, 469];
const SHORT_RETENTION_MS = 120_000;
const CHORE_EVERY_MS = 30_000;

/** Deletes all that may be deleted, as DynamoDB does some time after. */
async function applyTimeToLive(
  client: DynamoDBClient,
  { tableName, now }: { tableName: string; now: number },
): Promise<void> {
  const keys: Record<string, AttributeValue>[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: tableName, ConsistentRead: true, ExclusiveStartKey: from }),
    );
    for (const { pk, sk, ttl } of page.Items ?? []) {
      if (pk && sk && ttl?.N !== undefined && Number(ttl.N) * 1000 <= now) keys.push({ pk, sk });
    }
    from = page.LastEvaluatedKey;
  } while (from);
  for (const Key of keys) await client.send(new DeleteItemCommand({ TableName: tableName, Key }));
}

async function onDynamo(
  seed: number,
  { retention, planted = {} }: { retention: number; planted?: Planted },
): Promise<Judged> {
  const { client, tableName } = await openTable();
  try {
    return await simulateSeed(seed, {
      tracing: true,
      store: (now) => {
        const clock = { now, after: systemClock.after };
        return createDynamoStore({ client, tableName, retention, clock });
      },
      chore: {
        everyMs: CHORE_EVERY_MS,
        work: (now) => applyTimeToLive(client, { tableName, now }),
      },
      planted,
    });
  } finally {
    client.destroy();
  }
}

async function expectWell(seed: number, retention: number): Promise<void> {
  const result = await onDynamo(seed, { retention });
  if (result.violations.length > 0) expect.fail(report(result));
}

describe("a simulated run in a table, whose time to live is applied", () => {
  it.each(SEEDS)("keeps every promise: seed %i", async (seed) => {
    await expectWell(seed, DAY_MS);
  });

  it.each(LONG)("keeps every promise for longer than its retention: seed %i", async (seed) => {
    await expectWell(seed, SHORT_RETENTION_MS);
  });

  it("is not well where its log is not kept on", async () => {
    const planted: Planted = {
      store: (store) => ({ ...store, log: { ...store.log, keep: async () => {} } }),
    };
    const simulated = onDynamo(469, { retention: SHORT_RETENTION_MS, planted });
    await expect(simulated).rejects.toThrow(/entry [01] is missing/);
  });
});
