/** What a client without good credentials for a while does to runs: nothing. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { newEntry, newHead } from "../../src/conformance/samples.ts";
import { step, workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { silent } from "../silent.ts";
import { injectFaults, refused, serviceError } from "./faults.ts";
import { openTable } from "./open-table.ts";

const { client: good, tableName } = await openTable();

/** What the provider of the client's credentials still has to throw. */
let failures: Error[] = [];
let asked = 0;

const client = new DynamoDBClient({
  endpoint: inject("dynamodbEndpoint"),
  region: "local",
  credentials: async () => {
    asked += 1;
    const failure = failures.shift();
    if (failure) throw failure;
    // They have just expired, so that every request asks for them anew.
    return { accessKeyId: "local", secretAccessKey: "local", expiration: new Date() };
  },
});
const faults = injectFaults(client);
const store = createDynamoStore({ client, tableName });

beforeEach(() => {
  failures = [];
  asked = 0;
  faults.clear();
});

afterAll(() => {
  client.destroy();
  good.destroy();
});

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** As the SDK's providers throw them; none of these was ever sent to DynamoDB. */
const UNSENT: readonly Error[] = [
  named("CredentialsProviderError", "Could not load credentials from any providers"),
  named("TokenProviderError", "Token is expired. To refresh this SSO session run aws sso login"),
  named("ProviderError", "TimeoutError from instance metadata service"),
  named("InstanceMetadataV1FallbackError", "AWS EC2 Metadata v1 fallback has been blocked"),
  named("TimeoutError", "Connection timed out"),
  Object.assign(new Error("connect ECONNREFUSED 169.254.170.2:80"), { code: "ECONNREFUSED" }),
];

/** As DynamoDB answers, and STS to a provider that asks it. */
const ANSWERED = [
  "ExpiredTokenException",
  "ExpiredToken",
  "UnrecognizedClientException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
  "RequestExpired",
  "RequestTimeTooSkewed",
  "RequestInTheFuture",
  "TokenRefreshRequired",
  "IDPCommunicationError",
  "KMSThrottlingException",
];

describe("credentials that are not to be had for a while", () => {
  it.each(UNSENT.map((error) => [error.name, error] as const))(
    "are waited for: %s",
    async (_, error) => {
      const head = newHead();
      failures = [error, error, error];
      expect(await store.runs.create(head, 0)).toEqual({ created: true });
      expect(await store.runs.get(head.runId, 0)).toEqual(head);
      expect(asked).toBeGreaterThanOrEqual(5);
    },
  );

  it.each(ANSWERED)("are waited for: %s", async (name) => {
    const head = newHead();
    await store.runs.create(head, 0);
    const entry = newEntry(1);
    faults.meet("PutItem", ...[1, 2, 3].map(() => refused(serviceError(name))));
    expect(await store.log.append(head, entry)).toEqual({ outcome: "appended" });
    expect(await store.log.read(head, { from: 1 })).toEqual([entry]);
  });

  it("run no step twice", async () => {
    let charged = 0;
    const order = workflow("order", async () => {
      await step("charge", async () => {
        charged += 1;
        failures = UNSENT.map((error) => error);
      })();
      return "paid";
    });
    const engine = createTestEngine({ workflows: [order], store, logger: silent });
    const run = await engine.start(order);
    expect(await run.result()).toBe("paid");
    expect(charged).toBe(1);
    expect(failures).toEqual([]);
    await engine.checkInvariants(run.runId);
  });

  it("are an answer that was lost when they do not come, and nobody says that DynamoDB refused", async () => {
    const impatient = createDynamoStore({ client, tableName, timeout: "300ms" });
    failures = Array.from({ length: 100 }, () => UNSENT[0] ?? new Error());
    const reading = impatient.runs.get("run", 0);
    await expect(reading).rejects.toMatchObject({
      code: "store.unavailable",
      cause: { name: "CredentialsProviderError" },
    });
    await expect(reading).rejects.toThrow(
      /GetItem\): it was not asked, as the client has no credentials: Could not load credentials/,
    );
    await expect(reading).rejects.not.toThrow("refused");
  });

  it("leave other faults of the client as they were: told at once, and not as DynamoDB's", async () => {
    failures = [new TypeError("Resolved credential object is not valid")];
    const reading = store.runs.get("run", 0);
    await expect(reading).rejects.toMatchObject({ code: "store.refused" });
    await expect(reading).rejects.toThrow(/^The client could not send GetItem to table/);
    expect(asked).toBe(1);
  });
});
