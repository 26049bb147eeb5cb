import { once } from "node:events";
import { createServer } from "node:net";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, describe, expect, inject, it } from "vitest";
import { createLocalClient } from "../../infra/local-client.ts";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { newEntry, newHead } from "../../src/conformance/samples.ts";
import { StoreUnavailableError } from "../../src/core/errors.ts";
import { brokenConnection, injectFaults, refused } from "./faults.ts";
import { openTable } from "./open-table.ts";

const { client, tableName } = await openTable();

afterAll(() => client.destroy());

describe("the client", () => {
  it("may be a document client, with whatever settings, which are kept, as is its middleware", async () => {
    const own = createLocalClient(inject("dynamodbEndpoint"));
    const document = DynamoDBDocumentClient.from(own, {
      marshallOptions: { convertEmptyValues: true, convertClassInstanceToMap: true },
      unmarshallOptions: { wrapNumbers: true },
    });
    const operations: unknown[] = [];
    document.middlewareStack.add((next, context) => (args) => {
      operations.push(context["commandName"]);
      return next(args);
    });
    const store = createDynamoStore({ client: document, tableName });
    const head = newHead({ workflow: "", tags: [""] });
    await store.runs.create(head, 0);
    await store.log.append(head, newEntry(1, { id: "" }), { change: { resends: 1 } });
    expect(await store.runs.get(head.runId, 0)).toEqual({ ...head, resends: 1, position: 1 });
    expect(operations).toEqual(["PutItemCommand", "TransactWriteItemsCommand", "GetItemCommand"]);

    const Item = { pk: "mine", sk: "", empty: new Set() };
    await expect(document.send(new PutCommand({ TableName: tableName, Item }))).rejects.toThrow();
    await document.send(new PutCommand({ TableName: tableName, Item: { ...Item, sk: "x" } }));
    own.destroy();
  });

  it("keeps its own retries, which come first", async () => {
    const own = createLocalClient(inject("dynamodbEndpoint"));
    const faults = injectFaults(own, "finalizeRequest");
    const store = createDynamoStore({ client: own, tableName });
    faults.meet("PutItem", refused(brokenConnection()), refused(brokenConnection()));
    expect(await store.runs.create(newHead(), 0)).toEqual({ created: true });
    expect(faults.sent()).toEqual(["PutItem", "PutItem", "PutItem"]);
    own.destroy();
  });

  it("that gets no answer at all is not waited for longer than the timeout", async () => {
    const silent = createServer(() => {});
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : 0;
    const own = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: "local",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    const store = createDynamoStore({ client: own, tableName, timeout: "300ms" });
    const started = Date.now();
    await expect(store.runs.get("run", 0)).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(Date.now() - started).toBeLessThan(2_000);
    own.destroy();
    silent.close();
  });

  it("that reaches nobody is a StoreUnavailableError", async () => {
    const own = createLocalClient("http://127.0.0.1:1");
    const store = createDynamoStore({ client: own, tableName, timeout: "200ms" });
    const read = store.runs.get("run", 0);
    await expect(read).rejects.toMatchObject({ code: "store.unavailable" });
    own.destroy();
  });
});
