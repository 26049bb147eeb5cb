import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

// Or every process that makes a client warns that some later SDK will need a newer Node.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/** A client for the DynamoDB Local at `endpoint`, which takes any region and credentials. */
export function createLocalClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
}
