/** One run has one path, whatever stands before the app. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import * as fc from "fast-check";
import { Hono } from "hono";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openHttpApi } from "../../infra/emulator/http-api.ts";
import { apiHandler } from "../../src/adapters/lambda/index.ts";
import { LABEL } from "../../src/core/bounds.ts";
import { createClient } from "../../src/http/client/index.ts";
import { createTestApp, type TestApp, TOKEN } from "../http/test-app.ts";
import { GATEWAYS, type Sent } from "./gateways.ts";

const IDS = [
  ...[
    "a b",
    "a%20b",
    "a%2520b",
    "order#1",
    "order",
    "a/b",
    "a%2Fb",
    "a",
    "ü",
    "%C3%BC",
    "?",
    "a?b",
  ],
  ...["+", "a+b", ".", "..", "...", "a/../b", "../runs", "/", "//", "a/", "/a", "a//b", "~", "~a"],
  ...[
    "a/events",
    "a/cancel",
    "a/b/result",
    "events",
    "%",
    "%2",
    "100%",
    "\\",
    "a\\b",
    "&",
    "a=b&c",
  ],
  ...[
    ";",
    ":",
    "@",
    "*",
    "[]",
    "{runId}",
    ":runId",
    "-",
    "_",
    "😀",
    "\u2028",
    '"',
    "'",
    "<b>",
    "|",
  ],
];

vi.setConfig({ testTimeout: 120_000 });

type Ask = (sent: Sent) => Promise<Response>;

/** How a request comes to the app through this gateway. */
function through(gateway: (sent: Sent) => unknown, { app }: TestApp): Ask {
  const handler = apiHandler(app);
  return async (sent) => {
    // What is in an event has been JSON.
    const event = JSON.parse(JSON.stringify(gateway(sent)));
    const { statusCode, body, headers, multiValueHeaders } = await handler(event);
    const named = Object.entries(headers ?? multiValueHeaders ?? {});
    return new Response(body, { status: statusCode, headers: named.map(([k, v]) => [k, `${v}`]) });
  };
}

const clientThrough = (ask: Ask) =>
  createClient({
    baseUrl: "https://detent.test",
    token: TOKEN,
    retries: 0,
    fetch: (url, { method = "GET", headers, body }) =>
      ask({
        method,
        url: new URL(url),
        headers: headers as Record<string, string>,
        body: typeof body === "string" ? body : null,
      }),
  });

type AnyClient = ReturnType<typeof createClient>;

/** Starts a run of each id, and finds, steers and reads each of them and no other. */
async function reachEach(client: AnyClient, ids: readonly string[]): Promise<void> {
  for (const runId of ids) await client.start("nap", undefined, { runId, tags: [runId] });
  for (const runId of ids) {
    const { runId: found, tags } = await client.getRun(runId);
    expect({ found, tags }).toEqual({ found: runId, tags: [runId] });
    const { events } = await client.getEvents(runId, { limit: 1 });
    expect(events.map(({ type }) => type)).toEqual(["workflow.started"]);
    await client.cancel(runId, { reason: `this is ${runId}` });
  }
  for (const runId of ids) {
    const end = await client.waitForEnd(runId);
    expect(end).toMatchObject({ runId, status: "cancelled" });
    const { cancellation } = await client.getRun(runId);
    expect(cancellation?.reason).toBe(`this is ${runId}`);
  }
}

describe.each(Object.entries(GATEWAYS))("behind %s", (_name, gateway) => {
  it("the client reaches every run, and no other in its place", async () => {
    await reachEach(clientThrough(through(gateway, createTestApp())), IDS);
  });

  it("the client reaches a run of any id", async () => {
    const client = clientThrough(through(gateway, createTestApp()));
    const labels = fc
      .string({ unit: fc.constantFrom(..."a%2F5/?#&+. ~\\:=ü😀"), minLength: 1, maxLength: 12 })
      .filter((each) => LABEL.test(each));
    await fc.assert(
      fc.asyncProperty(labels, async (runId) => {
        await client.start("nap", undefined, { runId });
        expect((await client.getRun(runId)).runId).toBe(runId);
      }),
      { numRuns: 60 },
    );
  });

  it("queries come as they were sent", async () => {
    const client = clientThrough(through(gateway, createTestApp()));
    const tag = "a b+c%20d&e=f?g#h/ü";
    await client.start("nap", undefined, { runId: "tagged", tags: [tag] });
    const { runs } = await client.listRuns({ tag });
    expect(runs.map(({ runId }) => runId)).toEqual(["tagged"]);
    expect((await client.listRuns({ tag: "a b c d" })).runs).toEqual([]);
  });
});

/** Ids that percent-encoding brings through, and those that a gateway takes apart on the way. */
const ask = (url: string, method = "GET"): Sent => ({
  method,
  url: new URL(`https://detent.test${url}`),
  headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
  body: method === "POST" ? "{}" : null,
});

describe.each(Object.entries(GATEWAYS).filter(([name]) => !name.includes("twice")))(
  "a path with a percent-encoded id, behind %s,",
  (_name, gateway) => {
    it("leads to the run", async () => {
      const testApp = createTestApp();
      const send = through(gateway, testApp);
      // What an address says of these is lost, or is an address of its own, once it is decoded.
      const unspeakable = ["?", "a?b", ".", "..", "a/", "a/events", "a/b/result", "~", "/a"];
      const ids = IDS.filter((id) => !unspeakable.includes(id));
      for (const runId of ids) await testApp.engine.start("nap", undefined, { runId });
      for (const runId of ids) {
        const place = `/runs/${encodeURIComponent(runId)}`;
        expect(await (await send(ask(place))).json()).toMatchObject({ runId });
        const cancelled = await send(ask(`${place}/cancel`, "POST"));
        expect(await cancelled.json()).toMatchObject({ runId, outcome: "requested" });
      }
    });
  },
);

it("an event with a decoded path that is nobody's is not found", async () => {
  const gateway = GATEWAYS["an HTTP API"];
  if (!gateway) throw new Error("There is no such gateway");
  const send = through(gateway, createTestApp());
  for (const path of ["/run", "/ui/a/b", "/%2E%2E/x", "//", "/\\"]) {
    expect({ path, status: (await send(ask(path))).status }).toEqual({ path, status: 404 });
  }
});

it("a slash at the end of a decoded path belongs to the id: it may have been sent as part of it", async () => {
  const gateway = GATEWAYS["an HTTP API"];
  if (!gateway) throw new Error("There is no such gateway");
  const testApp = createTestApp();
  const send = through(gateway, testApp);
  await testApp.engine.start("nap", undefined, { runId: "a" });
  await testApp.engine.start("nap", undefined, { runId: "a/" });
  expect(await (await send(ask("/runs/a%2F"))).json()).toMatchObject({ runId: "a/" });
  expect(await (await send(ask("/runs/"))).json()).toMatchObject({ runs: [{}, {}] });
});

it("routes of an app around this one keep their ids too", async () => {
  const outer = new Hono()
    .get("/files/:name", (c) => c.json({ name: c.req.param("name") }))
    .get("/files/:name{[a-z]+}/any", (c) => c.json({ any: true }))
    .route("/detent", createTestApp().app);
  const handler = apiHandler(outer);
  const gateway = GATEWAYS["an HTTP API"];
  const send = async (path: string) =>
    JSON.parse((await handler(gateway?.(ask(path)) as never)).body);
  expect(await send("/files/a%20b%2Fc%2520")).toEqual({ name: "a b/c%20" });
  expect(await send("/files/a/any")).toEqual({ any: true });
  expect(await send("/detent/runs/a%2Fb")).toMatchObject({
    error: { message: expect.stringContaining('"a/b"') },
  });
});

describe("over a socket", () => {
  const base = { token: TOKEN, retries: 0 };

  it("the client reaches every run of a plain server", async () => {
    const server = serve({ fetch: createTestApp().app.fetch, port: 0, hostname: "127.0.0.1" });
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await reachEach(createClient({ ...base, baseUrl: `http://127.0.0.1:${port}` }), IDS);
  });

  it("the client reaches every run of the emulated API", async () => {
    const handler = apiHandler(createTestApp().app);
    const api = await openHttpApi(0);
    onTestFinished(() => api.stop());
    api.serve((event) => handler(event as never));
    await reachEach(createClient({ ...base, baseUrl: api.url }), IDS);
  });
});
