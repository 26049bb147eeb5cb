import { DetentError } from "../../core/errors.ts";
import { fieldOf } from "../../core/thrown.ts";
import type { Store } from "../../ports/store.ts";
import { EXIT, Failure } from "../failure.ts";

export interface DynamoPlace {
  tableName: string;
  region: string | undefined;
  endpoint: string | undefined;
}

export interface Dynamo {
  /** Idempotent; resolves once the table can be used. @throws Failure */
  createTable(): Promise<void>;
  createStore(): Store;
}

/** DynamoDB as the environment's AWS SDK finds it. @throws Failure when the SDK is not installed. */
export async function openDynamo(place: DynamoPlace): Promise<Dynamo> {
  const { tableName, region, endpoint } = place;
  const { sdk, adapter } = await load();
  const client = new sdk.DynamoDBClient({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
  });
  return {
    createTable: async () => {
      try {
        // The command waits less than `createTable` would by itself, because somebody sits at the
        // terminal.
        await client.send(new sdk.DescribeTableCommand({ TableName: tableName })).catch(unlessNew);
        await adapter.createTable({ client, tableName });
      } catch (error) {
        throw error instanceof DetentError ? error : refused(error, place);
      }
    },
    createStore: () => adapter.createDynamoStore({ client, tableName }),
  };
}

/** Only here, because the SDK is an optional peer. */
async function load() {
  // What the SDK says about the Node version is no news for whoever types a command.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  try {
    const sdk = await import("@aws-sdk/client-dynamodb");
    return { sdk, adapter: await import("../../adapters/dynamodb/index.ts") };
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Failure(
      EXIT.failed,
      "sdk.missing",
      "The AWS SDK is not installed here. Install it beside detent: npm install @aws-sdk/client-dynamodb @aws-sdk/lib-dynamodb",
    );
  }
}

function isMissing(error: unknown): boolean {
  return fieldOf(error, "code") === "ERR_MODULE_NOT_FOUND";
}

function unlessNew(error: unknown): void {
  if (fieldOf(error, "name") !== "ResourceNotFoundException") throw error;
}

function refused(error: unknown, { tableName, endpoint }: DynamoPlace): Failure {
  const { name, message, code } = Object(error) as {
    name?: string;
    message?: string;
    code?: string;
  };
  const where = endpoint === undefined ? "" : ` at ${endpoint}`;
  return new Failure(
    EXIT.failed,
    "table.failed",
    `The table "${tableName}" could not be created${where}: ${name ?? "Error"}: ${message || code}. Check the region, the credentials and their permissions, and that DynamoDB answers there.`,
  );
}
