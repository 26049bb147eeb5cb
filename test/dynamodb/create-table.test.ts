import { randomUUID } from "node:crypto";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, describe, expect, inject, it } from "vitest";
import { createLocalClient } from "../../infra/local-client.ts";
import { createDynamoStore, createTable } from "../../src/adapters/dynamodb/index.ts";
import { newHead } from "../../src/conformance/samples.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { type Fault, injectFaults, refused, serviceError } from "./faults.ts";

const client: DynamoDBClient = createLocalClient(inject("dynamodbEndpoint"));
const faults = injectFaults(client);
const newName = () => `test-${randomUUID()}`;

afterEach(() => faults.clear());
afterAll(() => client.destroy());

async function canBeUsed(tableName: string): Promise<boolean> {
  const store = createDynamoStore({ client, tableName });
  const head = newHead();
  await store.runs.create(head, 0);
  return (await store.runs.list({ workflow: head.workflow }, { limit: 1 })).runs.length === 1;
}

function refusedConnection(): Error {
  return Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
}

/** The answer of DescribeTable, changed. */
function described(fields: object): Fault {
  return {
    async act(input, send) {
      const { output } = await send(input);
      return { output: { ...output, Table: { ...Reflect.get(output, "Table"), ...fields } } };
    },
  };
}

describe("createTable", () => {
  it("makes a table that can be used at once, paid by request, and lets old items be deleted", async () => {
    const tableName = newName();
    await createTable({ client, tableName });
    expect(await canBeUsed(tableName)).toBe(true);
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    expect(Table?.BillingModeSummary?.BillingMode).toBe("PAY_PER_REQUEST");
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort()).toEqual([
      "due",
      "list",
    ]);
    const { TimeToLiveDescription } = await client.send(
      new DescribeTimeToLiveCommand({ TableName: tableName }),
    );
    expect(TimeToLiveDescription).toMatchObject({
      TimeToLiveStatus: "ENABLED",
      AttributeName: "ttl",
    });
  });

  it("leaves a table alone that is there", async () => {
    const tableName = newName();
    await createTable({ client, tableName });
    const store = createDynamoStore({ client, tableName });
    const head = newHead();
    await store.runs.create(head, 0);
    faults.sent();
    await createTable({ client, tableName });
    expect(faults.sent()).toEqual(["DescribeTable", "DescribeTimeToLive"]);
    expect(await store.runs.get(head.runId, 0)).toEqual(head);
  });

  it("may be called by several at once", async () => {
    const tableName = newName();
    await Promise.all(Array.from({ length: 8 }, () => createTable({ client, tableName })));
    expect(await canBeUsed(tableName)).toBe(true);
  });

  it("waits until the table and its indexes are active", async () => {
    const tableName = newName();
    const indexes = [{ IndexName: "list", IndexStatus: "CREATING" }];
    faults.meet(
      "DescribeTable",
      refused(serviceError("ResourceNotFoundException")),
      described({ TableStatus: "CREATING" }),
      described({ GlobalSecondaryIndexes: indexes }),
    );
    await createTable({ client, tableName });
    expect(faults.sent().filter((operation) => operation === "DescribeTable")).toHaveLength(4);
    expect(await canBeUsed(tableName)).toBe(true);
  });

  it("makes the table anew when it was just being deleted", async () => {
    const tableName = newName();
    await createTable({ client, tableName });
    faults.meet("DescribeTable", {
      async act(input, send) {
        const answer = await described({ TableStatus: "DELETING" }).act(input, send);
        await client.send(new DeleteTableCommand({ TableName: tableName }));
        return answer;
      },
    });
    await createTable({ client, tableName });
    expect(await canBeUsed(tableName)).toBe(true);
  });

  it("gives up after its timeout", async () => {
    const tableName = newName();
    await createTable({ client, tableName });
    faults.alwaysMeet("DescribeTable", described({ TableStatus: "CREATING" }));
    const waiting = createTable({ client, tableName, timeout: "100ms" });
    await expect(waiting).rejects.toMatchObject({
      code: "store.unavailable",
      message: expect.stringContaining(`table "${tableName}" is not ready yet`),
    });
  });

  it("does not wait as long for a server as for a table", async () => {
    let now = 0;
    const clock: Clock = {
      now: () => now,
      after(delayMs, callback) {
        const timer = setImmediate(() => {
          now += delayMs;
          callback();
        });
        return () => clearImmediate(timer);
      },
    };
    const nobody = { send: () => Promise.reject(refusedConnection()) };
    const waiting = createTable({ client: nobody, tableName: "any", clock });
    await expect(waiting).rejects.toMatchObject({
      code: "store.unavailable",
      message: expect.stringContaining("ECONNREFUSED"),
    });
    expect(now).toBeLessThan(20_000);
  });

  it.each([
    {},
    { client: null },
    { client: {} },
    { client, tableName: "" },
    { client, tableName: 5 },
  ])("needs a client and a name", async (options) => {
    const refused = { code: "configuration.invalid" };
    await expect(createTable(options as never)).rejects.toMatchObject(refused);
    expect(() => createDynamoStore(options as never)).toThrow("needs { client, tableName }");
  });

  it("refuses a table of that name with another shape, and says what differs", async () => {
    const TableName = newName();
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      }),
    );
    const create = createTable({ client, tableName: TableName });
    await expect(create).rejects.toMatchObject({ code: "configuration.invalid" });
    await expect(create).rejects.toThrow("id (HASH) and not pk (HASH), sk (RANGE)");
  });

  it("says what DynamoDB has against a name or a client", async () => {
    const create = createTable({ client, tableName: "a b" });
    await expect(create).rejects.toMatchObject({ code: "store.refused" });
  });
});
