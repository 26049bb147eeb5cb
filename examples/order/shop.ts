/** The app with the order workflow, and the HTTP requests that its customers make. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { startDynamoLocal } from "../../infra/dynamodb-local.ts";
import { createLocalClient } from "../../infra/local-client.ts";
import { createDynamoStore, createTable } from "../../src/adapters/dynamodb/index.ts";
import { createLocalScheduler } from "../../src/adapters/local/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createEngine, type Store } from "../../src/engine/index.ts";
import { createApp } from "../../src/http/index.ts";
import type { LogLine } from "./narrate.ts";
import { order } from "./order.ts";

export interface RunRecord {
  status: string;
  cancellation?: {
    reason?: string;
    requestedBy?: string;
    checkpoint?: string;
    cleanup?: { steps: number; finished: boolean; durationMs: number };
  };
}

export interface Shop {
  readonly url: string;
  start(input: { orderId: string }): Promise<{ runId: string }>;
  cancel(runId: string, request: { reason: string; requestedBy: string }): Promise<unknown>;
  run(runId: string): Promise<RunRecord>;
  /** What follows the event `after` in the run's log. */
  events(runId: string, after: number | undefined): Promise<LogLine[]>;
  close(): Promise<void>;
}

export async function openShop(storeName: "memory" | "dynamodb"): Promise<Shop> {
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
  const url = `http://127.0.0.1:${port}`;
  const request = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    }
    return await response.json();
  };

  return {
    url,
    start: async (input) =>
      (await request("POST", "/workflows/order/runs", { input })) as { runId: string },
    cancel: async (runId, body) => await request("POST", `/runs/${runId}/cancel`, body),
    run: async (runId) => (await request("GET", `/runs/${runId}`)) as RunRecord,
    events: async (runId, after) => {
      const query = after === undefined ? "" : `?after=${after}`;
      const answer = await request("GET", `/runs/${runId}/events${query}`);
      return (answer as { events: LogLine[] }).events;
    },
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
