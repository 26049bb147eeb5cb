/** An app that asks for no token is driven by its own page and by tools, and by no other page. */
import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { describe, expect, onTestFinished, test } from "vitest";
import { ConfigurationError } from "../../src/core/errors.ts";
import { type AppOptions, createApp } from "../../src/http/index.ts";
import { sign } from "../../src/http/signature.ts";
import { answered, codeOf, createTestApp, type TestApp, TOKEN } from "./test-app.ts";

const HOST = "127.0.0.1:3368";
const JSON_TYPE = { "content-type": "application/json" };

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

const ask = async ({ app }: Pick<TestApp, "app">, path: string, asked: Asked = {}) => {
  const headers = { host: HOST, ...asked.headers };
  return await answered(await app.request(`http://${HOST}${path}`, { ...asked, headers }));
};

async function openApp(options: Partial<AppOptions> = {}): Promise<TestApp> {
  const testApp = createTestApp({ auth: false, ...options });
  await testApp.engine.start("nap", undefined, { runId: "known" });
  return testApp;
}

/** What a page of another origin could do to it, were it let. */
const DRIVEN: [what: string, method: string, path: string, body?: string][] = [
  ["starts a run", "POST", "/workflows/nap/runs", '{"runId":"made"}'],
  ["starts a run without a body", "POST", "/workflows/nap/runs"],
  ["cancels a run", "POST", "/runs/known/cancel", "{}"],
  ["cancels a run without a body", "POST", "/runs/known/cancel"],
  ["terminates a run", "POST", "/runs/known/terminate"],
  ["reads the runs", "GET", "/runs"],
];

describe("a page of another origin", () => {
  const origins = [
    ...["https://evil.example", "null", "http://127.0.0.1:8080", "http://127.0.0.1", ""],
    ...[
      "https://127.0.0.1.evil.example:3368",
      "http://localhost:3368",
      "file://",
      "127.0.0.1:3368",
    ],
  ];

  test.each(DRIVEN)("%s in vain", async (_what, method, path, body) => {
    const testApp = await openApp();
    for (const origin of origins) {
      const headers = { origin, ...(body && JSON_TYPE) };
      const answer = await ask(testApp, path, { method, headers, ...(body && { body }) });
      expect({ origin, status: answer.status }).toEqual({ origin, status: 403 });
      expect(codeOf(answer)).toBe("origin.refused");
    }
    expect(await testApp.engine.getRun("known")).not.toHaveProperty("cancellation");
    expect((await testApp.engine.listRuns()).runs).toHaveLength(1);
  });

  test.each(["cross-site", "same-site"])(
    "whose origin was taken out is known by what its browser says: %s",
    async (site) => {
      const testApp = await openApp();
      const headers = { "sec-fetch-site": site };
      const answer = await ask(testApp, "/runs/known/cancel", { method: "POST", headers });
      expect(codeOf(answer)).toBe("origin.refused");
      // Somebody who follows a link, or types the address.
      expect((await ask(testApp, "/runs/known", { headers })).status).toBe(200);
    },
  );
});

describe("a name that was made to lead here", () => {
  const names = ["evil.example", "evil.example:3368", "localhost.evil.example", "127.0.0.1.nip.io"];

  test.each(DRIVEN)("%s in vain", async (_what, method, path, body) => {
    const testApp = await openApp();
    for (const host of names) {
      const headers = { host, origin: `http://${host}`, ...(body && JSON_TYPE) };
      const answer = await ask(testApp, path, { method, headers, ...(body && { body }) });
      expect({ host, status: answer.status }).toEqual({ host, status: 403 });
      expect(codeOf(answer)).toBe("host.refused");
    }
    expect(await testApp.engine.getRun("known")).not.toHaveProperty("cancellation");
  });

  test("is told what hosts are its own", async () => {
    const testApp = await openApp({ hosts: ["detent.internal", "10.0.0.7:8080"] });
    const statusOf = async (host: string) =>
      (await ask(testApp, "/runs", { headers: { host } })).status;
    expect(await statusOf("detent.internal")).toBe(200);
    expect(await statusOf("Detent.internal:3368")).toBe(200);
    expect(await statusOf("10.0.0.7:8080")).toBe(200);
    expect(await statusOf("10.0.0.7")).toBe(403);
    expect(await statusOf("localhost")).toBe(403);
    expect(await statusOf("")).toBe(403);
    expect(await statusOf("a b")).toBe(403);
    const any = await openApp({ hosts: ["*"] });
    expect((await ask(any, "/runs", { headers: { host: "any.example" } })).status).toBe(200);
  });

  test("is refused with tokens too, where hosts are named", async () => {
    const { app } = createTestApp({ hosts: ["detent.example.com"] });
    const asked = async (host: string) =>
      (await app.request("/runs", { headers: { host, authorization: `Bearer ${TOKEN}` } })).status;
    expect([await asked("detent.example.com"), await asked("evil.example")]).toEqual([200, 403]);
  });

  test.each([[""], ["http://a.example"], ["a/b"], ["a b"], [5], ["user@a"]])(
    "cannot be listed as %j",
    (host) => {
      const { engine } = createTestApp();
      const hosts = [host] as string[];
      expect(() => createApp({ engine, auth: false, hosts })).toThrow(ConfigurationError);
    },
  );
});

describe("the app's own page, and tools", () => {
  test.each([
    [{ origin: `http://${HOST}`, "sec-fetch-site": "same-origin" }],
    [{ host: "localhost:3368", origin: "http://localhost:3368" }],
    [{ host: "LOCALHOST", origin: "http://localhost" }],
    [{ host: "localhost:80", origin: "http://localhost" }],
    [{ host: "localhost:443", origin: "https://localhost" }],
    [{ host: "app.localhost", origin: "https://app.localhost" }],
    [{ host: "[::1]:3368", origin: "http://[::1]:3368" }],
    [{ host: "127.5.6.7" }],
    [{}],
    [{ "sec-fetch-site": "none" }],
  ])("drive it, with %j", async (headers) => {
    const testApp = await openApp();
    const start = { method: "POST", headers: { ...JSON_TYPE, ...headers }, body: "{}" };
    expect((await ask(testApp, "/workflows/nap/runs", start)).status).toBe(202);
    const cancelled = await ask(testApp, "/runs/known/cancel", { method: "POST", headers });
    expect(cancelled.status).toBe(202);
  });
});

test("with tokens a page of another origin is let in by its token", async () => {
  const { send } = createTestApp();
  const headers = { origin: "https://ops.example.com", "sec-fetch-site": "cross-site" };
  expect((await send("/runs", { headers })).status).toBe(200);
  expect((await send("/workflows/nap/runs", { headers, body: {} })).status).toBe(202);
});

test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", undefined])(
  "a body of type %s, as forms have it, is refused",
  async (type) => {
    const testApp = await openApp();
    const headers = type === undefined ? {} : { "content-type": type };
    const body = new TextEncoder().encode('{"runId":"made"}');
    const answer = await ask(testApp, "/workflows/nap/runs", { method: "POST", headers, body });
    expect(answer.status).toBe(415);
    expect(codeOf(answer)).toBe("body.unsupportedType");
    expect((await testApp.engine.listRuns()).runs).toHaveLength(1);
  },
);

test("what holds no data, and what is signed, is not asked where it comes from", async () => {
  const testApp = await openApp({ continuationSecret: "s" });
  const headers = { host: "10.0.0.7", origin: "https://evil.example" };
  for (const path of ["/", "/healthz", "/ui"]) {
    expect((await ask(testApp, path, { headers })).status).toBe(200);
  }
  const body = '{"runId":"known"}';
  const signed = { ...headers, "detent-signature": sign("s", body, Date.now()) };
  const pushed = await ask(testApp, "/continuations", { method: "POST", headers: signed, body });
  expect(pushed.status).toBe(204);
});

test("over a socket it is the caller's own words that count", async () => {
  const { app } = await openApp();
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const statusWith = (headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = {
        port,
        host: "127.0.0.1",
        path: "/runs/known/cancel",
        method: "POST",
        headers,
      };
      const request = httpRequest(asked, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on("error", reject).end();
    });
  expect(await statusWith({ host: "evil.example" })).toBe(403);
  expect(await statusWith({ origin: "https://evil.example" })).toBe(403);
  expect(await statusWith({ origin: `http://127.0.0.1:${port}` })).toBe(202);
});
