import { afterAll, describe, expect, it } from "vitest";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { describeStore } from "../../src/conformance/index.ts";
import { openTable } from "../dynamodb/open-table.ts";

const { client, tableName } = await openTable();
const store = createDynamoStore({ client, tableName });

afterAll(() => client.destroy());

describeStore({ name: "DynamoDB", createStore: () => store }, { describe, it });

it("keeps runs for 30 days unless told otherwise", () => {
  expect(store.retentionMs).toBe(30 * 24 * 60 * 60 * 1000);
});
