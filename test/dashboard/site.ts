/** An app with its page, on a real server. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { createLocalScheduler } from "../../src/adapters/local/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import type { AnyWorkflow } from "../../src/authoring/workflow.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { createApp } from "../../src/http/index.ts";
import { silent } from "../silent.ts";
import { createShop, type Shop } from "./shop.ts";

export const TOKEN = "token-of-the-page";

export interface Site extends Shop {
  /** Of the page. */
  url: string;
  engine: Engine;
  close(): Promise<void>;
}

export interface SiteOptions {
  /** Lets everybody in. */
  open?: boolean;
  /** Instead of those of the shop. */
  workflows?: readonly AnyWorkflow[];
}

export async function openSite(options: SiteOptions = {}): Promise<Site> {
  const shop = createShop();
  const scheduler = createLocalScheduler();
  const engine = createEngine({
    workflows: options.workflows ?? shop.workflows,
    store: createMemoryStore(),
    scheduler,
    logger: silent,
  });
  scheduler.start(engine);
  const app = createApp({
    engine,
    auth: options.open ? false : { tokens: [TOKEN] },
    logger: silent,
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    ...shop,
    url: `http://127.0.0.1:${port}/ui`,
    engine,
    async close() {
      shop.charging.open();
      shop.refunding.open();
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await scheduler.stop();
    },
  };
}
