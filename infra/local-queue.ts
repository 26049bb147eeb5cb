/**
 * An SQS-compatible server in memory. Its queues' URLs name a host that does not resolve, so clients
 * are given the endpoint.
 */
import { SQSClient } from "@aws-sdk/client-sqs";
import { buildApp } from "fauxqs";

// Or every process that makes a client warns that some later SDK will need a newer Node.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

export interface LocalQueueServer {
  readonly endpoint: string;
  /** Whether it answers. While it does not, it drops every connection and keeps its messages. */
  setOpen(open: boolean): void;
  stop(): Promise<void>;
}

/** The longest delay that SQS takes. */
const LONGEST_DELAY_S = 900;

/** Starts a server in this process, on a port of the loopback interface; 0 takes a free one. */
export async function startLocalQueueServer(port = 0): Promise<LocalQueueServer> {
  const server = buildApp({ logger: false });
  // The package takes any delay. What SQS refuses must not pass here.
  server.addHook("preHandler", async (request, reply) => {
    const refused = delaysOf(request.body).find((delay) => delay > LONGEST_DELAY_S);
    if (refused === undefined) return;
    await reply
      .status(400)
      .header("content-type", "application/x-amz-json-1.0")
      .send({
        __type: "com.amazonaws.sqs#InvalidParameterValue",
        message: `Value ${refused} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${LONGEST_DELAY_S}.`,
      });
  });
  let isOpen = true;
  server.server.on("connection", (socket) => {
    if (!isOpen) socket.destroy();
  });
  // The package's own `startFauxqs` would listen on every interface of the machine.
  const endpoint = await server.listen({ host: "127.0.0.1", port });
  return {
    endpoint,
    setOpen(open) {
      isOpen = open;
      if (!open) server.server.closeAllConnections();
    },
    stop: async () => {
      await server.close();
    },
  };
}

interface Delayed {
  DelaySeconds?: number;
}

/** Of a message, or of those in a batch. */
function delaysOf(body: unknown): number[] {
  const { DelaySeconds, Entries = [] } = Object(body) as Delayed & { Entries?: Delayed[] };
  return [DelaySeconds, ...Entries.map((entry) => entry.DelaySeconds)].filter(
    (delay) => delay !== undefined,
  );
}

/** Where the server's queues are; it takes any region. */
export const LOCAL_REGION = "us-east-1";

/** A client for the server at `endpoint`, which takes any credentials. */
export function createLocalQueueClient(endpoint: string): SQSClient {
  return new SQSClient({
    endpoint,
    region: LOCAL_REGION,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
}
