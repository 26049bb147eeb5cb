/** The secrets of the stack, given out as Secrets Manager does. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface SecretServer {
  readonly endpoint: string;
  /** Puts a value in the place of the one before it. */
  put(id: string, value: string): void;
  /** How often values were read. */
  readonly reads: number;
  stop(): Promise<void>;
}

const TARGET = "secretsmanager.GetSecretValue";

/** Listens on the loopback interface. */
export async function startSecretServer(): Promise<SecretServer> {
  const secrets = new Map<string, string>();
  let reads = 0;
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(body));
    };
    if (request.headers["x-amz-target"] !== TARGET) {
      return answer(400, { __type: "InvalidRequestException", message: `Only ${TARGET}.` });
    }
    const { SecretId = "" } = (await readJson(request)) as { SecretId?: string };
    reads += 1;
    const SecretString = secrets.get(SecretId);
    if (SecretString === undefined) {
      const message = "Secrets Manager can't find the specified secret.";
      return answer(400, { __type: "ResourceNotFoundException", message });
    }
    answer(200, { ARN: SecretId, Name: SecretId, VersionId: randomUUID(), SecretString });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    put: (id, value) => void secrets.set(id, value),
    get reads() {
      return reads;
    },
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  try {
    return Object(JSON.parse(Buffer.concat(chunks).toString()));
  } catch {
    return {};
  }
}
