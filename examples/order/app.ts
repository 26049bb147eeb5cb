/** The app with the order workflow, in this process or as functions in processes of their own. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { buildFunctions } from "../../infra/bundle.ts";
import { startDynamoLocal } from "../../infra/dynamodb-local.ts";
import { startEmulator } from "../../infra/emulator/emulator.ts";
import { createLocalClient } from "../../infra/local-client.ts";
import { createDynamoStore, createTable } from "../../src/adapters/dynamodb/index.ts";
import { createLocalScheduler } from "../../src/adapters/local/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createEngine, type Store } from "../../src/engine/index.ts";
import { createApp } from "../../src/http/index.ts";
import { order } from "./order.ts";

export interface App {
  readonly url: string;
  readonly token: string;
  close(): Promise<void>;
}

/** The functions as they are deployed on AWS, with a queue and DynamoDB Local. */
export async function openStack(): Promise<App> {
  await buildFunctions();
  const { url, token, stop } = await startEmulator({
    output: (line) => console.log(`  λ ${line}`),
  });
  return { url, token, close: stop };
}

/** A server, an engine and its scheduler in this process. */
export async function openServer(storeName: "memory" | "dynamodb"): Promise<App> {
  const { store, close: closeStore } = await openStore(storeName);
  const scheduler = createLocalScheduler();
  const engine = createEngine({ workflows: [order], store, scheduler });
  const token = randomUUID();
  const app = createApp({ engine, auth: { tokens: [token] } });
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  scheduler.start(engine);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    close: async () => {
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await scheduler.stop();
      await closeStore();
    },
  };
}

async function openStore(
  name: "memory" | "dynamodb",
): Promise<{ store: Store; close(): Promise<void> }> {
  if (name === "memory") return { store: createMemoryStore(), close: async () => {} };
  const server = await startDynamoLocal();
  const client = createLocalClient(server.endpoint);
  const tableName = `detent-demo-${randomUUID()}`;
  await createTable({ client, tableName });
  const close = async (): Promise<void> => {
    client.destroy();
    await server.stop();
  };
  return { store: createDynamoStore({ client, tableName }), close };
}
