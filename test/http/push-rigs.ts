/** The HTTP scheduler, the app that takes its requests over real sockets, and a push queue. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import type { Engine } from "../../src/engine/engine.ts";
import { createApp, createHttpScheduler, type PushRequest } from "../../src/http/index.ts";
import type { Continuation } from "../../src/ports/scheduler.ts";
import type { SchedulerRig } from "../conformance/scheduler-conformance.ts";
import { silent } from "../silent.ts";

const SECRET = "a secret of the tests";

interface Server {
  url: string;
  stop(): Promise<void>;
}

async function listen(fetch: (request: Request) => Response | Promise<Response>): Promise<Server> {
  const server = createAdaptorServer({ fetch });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

/** The app with nothing of an engine but its turns; none before there is somebody to take them. */
async function openApp(): Promise<Server & Required<Pick<SchedulerRig, "deliverTo" | "refuse">>> {
  let take: ((continuation: Continuation) => Promise<void>) | undefined;
  const turn = async (continuation: Continuation): Promise<void> => {
    if (!take) throw new Error("nobody is there yet");
    await take(continuation);
  };
  const engine = { turn } as Partial<Engine> as Engine;
  const app = createApp({
    engine,
    auth: { tokens: ["t"] },
    continuationSecret: SECRET,
    logger: silent,
  });
  let refuses = false;
  const server = await listen((request) =>
    refuses ? new Response(null, { status: 404 }) : app.fetch(request),
  );
  return {
    ...server,
    deliverTo(turn) {
      take = turn;
    },
    refuse() {
      refuses = true;
    },
  };
}

export async function openHttpRig(): Promise<SchedulerRig> {
  const app = await openApp();
  const scheduler = createHttpScheduler({ url: app.url, secret: SECRET, logger: silent });
  return {
    scheduler,
    deliverTo: app.deliverTo,
    refuse: app.refuse,
    async stop() {
      await scheduler.stop();
      await app.stop();
    },
  };
}

export async function openPushQueueRig(): Promise<SchedulerRig> {
  const app = await openApp();
  const queue = await openPushQueue();
  const scheduler = createHttpScheduler({ url: app.url, secret: SECRET, queue: queue.publish });
  return {
    scheduler,
    deliverTo: app.deliverTo,
    refuse: queue.refuse,
    async stop() {
      await queue.stop();
      await app.stop();
    },
  };
}

interface PushQueue {
  /** The request that publishes one. */
  publish(push: PushRequest): Request;
  /** Takes nothing from now on. */
  refuse(): void;
  stop(): Promise<void>;
}

const RETRY_MS = 50;

/** As push queues are: it keeps a request, makes it after its delay, and repeats it if that fails. */
async function openPushQueue(): Promise<PushQueue> {
  const timers = new Set<NodeJS.Timeout>();
  const underWay = new Set<Promise<void>>();
  let stopped = false;
  let refuses = false;

  function deliverAfter(push: PushRequest, delayMs: number): void {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      const delivery = deliver(push).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    }, delayMs);
    timers.add(timer);
  }

  async function deliver(push: PushRequest): Promise<void> {
    const { url, headers, body } = push;
    const answer = await fetch(url, { method: "POST", headers, body }).catch(() => undefined);
    if (!answer?.ok) deliverAfter(push, RETRY_MS);
  }

  const app = new Hono().post("/publish/:url{.+}", async (c) => {
    if (refuses) return c.json({ kept: false }, 401);
    const headers = {
      "Content-Type": c.req.header("content-type") ?? "",
      "Detent-Signature": c.req.header("forward-detent-signature") ?? "",
    };
    const delayMs = 1000 * Number(c.req.header("delay-seconds"));
    const url = decodeURIComponent(c.req.param("url"));
    deliverAfter({ url, headers, body: await c.req.text(), delayMs }, delayMs);
    return c.json({ kept: true }, 201);
  });
  const server = await listen(app.fetch);
  return {
    publish: ({ url, headers, body, delayMs }) =>
      new Request(`${server.url}/publish/${encodeURIComponent(url)}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "forward-detent-signature": headers["Detent-Signature"],
          "delay-seconds": String(Math.ceil(delayMs / 1000)),
        },
        body,
      }),
    refuse() {
      refuses = true;
    },
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(underWay);
      await server.stop();
    },
  };
}
