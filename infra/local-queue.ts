/**
 * An SQS-compatible server for tests, in this process and in memory.
 *
 * Its queues' URLs name a host that does not resolve, so clients are given the endpoint. It takes
 * delays that SQS refuses; whoever tests delays must look at what was sent.
 */
import { SQSClient } from "@aws-sdk/client-sqs";
import { buildApp } from "fauxqs";

// Or every process that makes a client warns that some later SDK will need a newer Node.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

export interface LocalQueueServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts a server on a free port of the loopback interface. */
export async function startLocalQueueServer(): Promise<LocalQueueServer> {
  const server = buildApp({ logger: false });
  // The package's own `startFauxqs` would listen on every interface of the machine.
  const endpoint = await server.listen({ host: "127.0.0.1", port: 0 });
  return {
    endpoint,
    stop: async () => {
      await server.close();
    },
  };
}

/** A client for the server at `endpoint`, which takes any region and credentials. */
export function createLocalQueueClient(endpoint: string): SQSClient {
  return new SQSClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
}
