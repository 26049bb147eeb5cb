import { afterAll } from "vitest";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { openTable } from "../dynamodb/open-table.ts";
import { describeStore } from "./store-conformance.ts";

const { client, tableName } = await openTable();
const store = createDynamoStore({ client, tableName });

afterAll(() => client.destroy());

describeStore("DynamoDB", () => store);
