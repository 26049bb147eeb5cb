import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import {
  ConfigurationError,
  ContentionError,
  StoreUnavailableError,
} from "../../src/core/errors.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { createEngine } from "../../src/engine/index.ts";
import { createApp } from "../../src/http/index.ts";
import { sleep, workflow } from "../../src/index.ts";
import type { Store } from "../../src/ports/store.ts";
import { around } from "../engine/watched-store.ts";
import { silent } from "../silent.ts";
import { codeOf, createTestApp, TOKEN } from "./test-app.ts";

/** A real store whose calls, once `fail` is called, throw instead. */
function breakableStore(): { store: Store; fail(thrown: unknown): void } {
  let failure: (() => never) | undefined;
  return {
    store: around(createMemoryStore(), async (_, call) => (failure ?? call)()),
    fail(thrown) {
      failure = () => {
        throw thrown;
      };
    },
  };
}

/** A real engine whose methods, once `fail` is called, throw instead. */
function breakable<Port extends object>(port: Port): { port: Port; fail(thrown: unknown): void } {
  let failure: (() => never) | undefined;
  return {
    port: new Proxy(port, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        return typeof value === "function" ? (failure ?? value.bind(target)) : value;
      },
    }),
    fail(thrown) {
      failure = () => {
        throw thrown;
      };
    },
  };
}

describe("what is not there", () => {
  test.each(["/run", "/runs//", "/runs/a/b", "/workflows/greet", "/healthz/x", "//"])(
    "%s is not found",
    async (path) => {
      const { send } = createTestApp();
      const answer = await send(path);
      expect(answer.status).toBe(404);
      expect(codeOf(answer)).toBe("route.notFound");
    },
  );

  test.each([
    ["DELETE", "/runs", "GET, HEAD, OPTIONS"],
    ["POST", "/workflows", "GET, HEAD, OPTIONS"],
    ["GET", "/workflows/greet/runs", "POST, OPTIONS"],
    ["HEAD", "/runs/a/cancel", "POST, OPTIONS"],
    ["PUT", "/runs/a/cancel", "POST, OPTIONS"],
    ["POST", "/healthz", "GET, HEAD, OPTIONS"],
  ])("%s %s is not possible", async (method, path, allow) => {
    const { send } = createTestApp();
    const answer = await send(path, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe(allow);
    if (method !== "HEAD") expect(codeOf(answer)).toBe("method.notAllowed");
  });
});

describe("an address with a slash at its end", () => {
  const PATHS = ["/runs", "/runs/a", "/runs/a/events", "/workflows", "/healthz", "/openapi.json"];

  test.each(PATHS)("is %s all the same", async (path) => {
    const { send, engine } = createTestApp();
    await engine.start("nap", undefined, { runId: "a" });
    const without = await send(path);
    const { status, body } = await send(`${path}/`);
    expect({ status, body }).toEqual({ status: 200, body: without.body });
  });

  test("takes what is sent to it", async () => {
    const { send } = createTestApp();
    const started = await send("/workflows/nap/runs/", { body: { runId: "a" } });
    expect(started).toMatchObject({ status: 202, body: { runId: "a" } });
    expect((await send("/runs/a/cancel/?", { body: {} })).status).toBe(202);
    expect((await send("/runs/", { method: "DELETE" })).status).toBe(405);
  });

  test("is sent on where the app is part of another", async () => {
    const { app } = createTestApp({ auth: false });
    const outer = new Hono().route("/api", app);
    for (const path of ["/runs", "/runs/a", "/workflows/nap/runs"]) {
      const { status, headers } = await outer.request(`/api${path}/?limit=1`);
      expect(status).toBe(308);
      const to = new URL(headers.get("location") ?? "", `http://localhost/api${path}/`);
      expect(to.href).toBe(`http://localhost/api${path}?limit=1`);
    }
  });
});

describe("the address of the app itself", () => {
  const BROWSER = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

  test.each(["/", "/api", "/api/v1"])("leads people to the page, at %s", async (path) => {
    const { app } = createTestApp();
    const base = path === "/" ? "" : path;
    const outer = new Hono().route(path, app);
    const response = await outer.request(path, { headers: BROWSER });
    expect(response.status).toBe(302);
    const to = new URL(response.headers.get("location") ?? "", `http://localhost${path}`);
    expect(to.pathname).toBe(`${base}/ui`);
  });

  test.each([{}, { accept: "*/*" }, { accept: "application/json" }])(
    "tells machines what there is, asked with %j",
    async (headers) => {
      const { app } = createTestApp();
      const response = await app.request("/", { headers });
      expect(response.status).toBe(200);
      expect(response.headers.get("vary")).toBe("Accept");
      expect(await response.json()).toEqual({
        name: "detent",
        ui: "/ui",
        openapi: "/openapi.json",
      });
      const outer = new Hono().route("/api", app);
      const mounted = await (await outer.request("/api", { headers })).json();
      expect(mounted).toMatchObject({ ui: "/api/ui", openapi: "/api/openapi.json" });
    },
  );
});

test("OPTIONS tells the methods, and lets no other site in", async () => {
  const { send } = createTestApp();
  const answer = await send("/runs/a/cancel", {
    method: "OPTIONS",
    headers: { origin: "https://example.com", "access-control-request-method": "POST" },
  });
  expect(answer.status).toBe(204);
  expect(answer.headers.get("allow")).toBe("POST, OPTIONS");
  expect(answer.headers.get("access-control-allow-origin")).toBeNull();
});

test("HEAD answers like GET, without the body", async () => {
  const { send } = createTestApp();
  const answer = await send("/runs", { method: "HEAD" });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.text).toBe("");
  expect((await send("/runs/none", { method: "HEAD" })).status).toBe(404);
});

test.each(["/healthz", "/runs", "/runs/none", "/nowhere"])(
  "the answer of %s is not to be guessed at, framed or kept",
  async (path) => {
    const { send } = createTestApp();
    const { headers } = await send(path);
    expect(headers.get("content-type")).toBe("application/json");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("vary")).toBe("Accept");
  },
);

describe("a store that is down", () => {
  const calls: [method: string, path: string][] = [
    ["GET", "/runs"],
    ["GET", "/runs/run_1"],
    ["GET", "/runs/run_1/events"],
    ["GET", "/runs/run_1/result"],
    ["POST", "/workflows/echo/runs"],
    ["POST", "/runs/run_1/cancel"],
    ["POST", "/runs/run_1/terminate"],
  ];

  test.each(calls)("makes %s %s unavailable for now", async (method, path) => {
    const { store, fail } = breakableStore();
    const { send, logged } = createTestApp({ store });
    fail(new StoreUnavailableError("head", new Error("connect ECONNREFUSED 10.0.0.7:8000")));
    const answer = await send(path, { method });
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(codeOf(answer)).toBe("store.unavailable");
    expect(answer.text).not.toContain("10.0.0.7");
    expect(JSON.stringify(logged)).toContain("10.0.0.7");
  });

  test("is still a healthy process", async () => {
    const { store, fail } = breakableStore();
    const { send } = createTestApp({ store });
    fail(new StoreUnavailableError("head", new Error("down")));
    expect((await send("/healthz")).status).toBe(200);
    expect((await send("/workflows")).status).toBe(200);
  });
});

describe("a failure", () => {
  function createFailingApp(thrown: unknown) {
    const real = createTestApp();
    const { port, fail } = breakable<Engine>(real.engine);
    fail(thrown);
    const logged: { message: string; fields: unknown }[] = [];
    const write = (message: string, fields?: unknown) => logged.push({ message, fields });
    const logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
    const app = createApp({ engine: port, auth: false, logger });
    return { app, logged };
  }

  test.each([
    ["an error nobody foresaw", new TypeError("cannot read 'secret' of undefined")],
    [
      "an error with a code nobody knows",
      Object.assign(new Error("secret"), { code: "run.notFound" }),
    ],
    ["a text", "secret"],
    ["nothing", undefined],
    ["what has no text", Object.create(null)],
  ])("by %s is logged and says nothing", async (_what, thrown) => {
    const { app, logged } = createFailingApp(thrown);
    const response = await app.request("/runs");
    expect(response.status).toBe(500);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const text = await response.text();
    expect(text).not.toContain("secret");
    expect(text).not.toContain("at ");
    expect(JSON.parse(text)).toEqual({
      error: { code: "server.failed", message: expect.stringContaining("logged") },
    });
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({
      message: "A request failed",
      fields: { method: "GET", path: "/runs", code: "server.failed" },
    });
  });

  test("by contention asks to try again", async () => {
    const { app } = createFailingApp(new ContentionError("run_1", 20));
    const response = await app.request("/runs/run_1/cancel", { method: "POST" });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await response.json()).toMatchObject({ error: { code: "run.contended" } });
  });
});

describe("under a path of another app", () => {
  const mount = () => {
    const outer = new Hono();
    outer.get("/", (c) => c.text("outer"));
    outer.route("/api", createTestApp().app);
    const headers = { authorization: `Bearer ${TOKEN}` };
    return (path: string, method = "GET") => outer.request(path, { method, headers });
  };

  test("it answers there and nowhere else", async () => {
    const send = mount();
    expect((await send("/api/runs")).status).toBe(200);
    expect((await send("/api/healthz")).status).toBe(200);
    expect(await (await send("/")).text()).toBe("outer");
  });

  test("errors keep their shape", async () => {
    const send = mount();
    const missing = await send("/api/runs/none");
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ error: { code: "run.notFound" } });
    expect(await (await send("/api/none")).json()).toMatchObject({
      error: { code: "route.notFound" },
    });
    const refused = await send("/api/runs", "DELETE");
    expect(refused.status).toBe(405);
    expect(refused.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
  });
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  "a body limit of %s is refused",
  (bodyLimit) => {
    const { engine } = createTestApp();
    expect(() => createApp({ engine, auth: false, bodyLimit })).toThrow(ConfigurationError);
  },
);

test("a queue that refuses takes nothing back of what was accepted", async () => {
  const store = createMemoryStore();
  const nap = workflow("nap", () => sleep("1h"));
  const send = (): Promise<void> => Promise.reject(new Error("AccessDenied"));
  const engine = createEngine({ workflows: [nap], store, scheduler: { send }, logger: silent });
  const app = createApp({ engine, auth: false });
  const post = async (path: string): Promise<Response> =>
    await app.request(path, { method: "POST", headers: { "Content-Type": "application/json" } });

  const started = await post("/workflows/nap/runs");
  expect(started.status).toBe(202);
  const { runId } = (await started.json()) as { runId: string };
  const cancelled = await post(`/runs/${runId}/cancel`);
  expect(cancelled.status).toBe(202);
  expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
});

test.each([undefined, null, "engine"])("an app without an engine is refused: %s", (engine) => {
  expect(() => createApp({ engine: engine as never, auth: false })).toThrow("needs an engine");
});
