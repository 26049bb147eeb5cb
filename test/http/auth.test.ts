import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../../src/core/errors.ts";
import { type Auth, createApp } from "../../src/http/index.ts";
import { codeOf, createTestApp, TOKEN } from "./test-app.ts";

const as = (authorization: string) => ({ headers: { authorization } });

describe("without a valid token", () => {
  test.each([
    "GET /workflows",
    "GET /runs",
    "GET /runs/run_1",
    "GET /runs/run_1/events",
    "POST /workflows/greet/runs",
    "POST /runs/run_1/cancel",
    "POST /runs/run_1/terminate",
    "GET /nowhere",
    "PUT /runs",
    "OPTIONS /runs",
    "POST /healthz",
  ])("%s is refused", async (route) => {
    const { app } = createTestApp();
    const [method = "", path = ""] = route.split(" ");
    const response = await app.request(path, { method });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await response.json()).toEqual({
      error: { code: "token.missing", message: expect.stringContaining("Authorization: Bearer") },
    });
  });

  test.each([
    ["another token", "Bearer another", "token.invalid"],
    ["the start of the token", `Bearer ${TOKEN.slice(0, -1)}`, "token.invalid"],
    ["more than the token", `Bearer ${TOKEN}x`, "token.invalid"],
    ["the token in capitals", `Bearer ${TOKEN.toUpperCase()}`, "token.invalid"],
    ["two tokens", `Bearer ${TOKEN} ${TOKEN}`, "token.missing"],
    ["no token", "Bearer ", "token.missing"],
    ["no scheme", TOKEN, "token.missing"],
    ["another scheme", `Basic ${TOKEN}`, "token.missing"],
  ])("%s is refused", async (_what, authorization, code) => {
    const { send } = createTestApp();
    const answer = await send("/runs", as(authorization));
    expect(answer.status).toBe(401);
    expect(codeOf(answer)).toBe(code);
  });

  test("a body is not even read", async () => {
    const { send } = createTestApp();
    const answer = await send("/workflows/greet/runs", { body: "{", ...as("Bearer wrong") });
    expect(answer.status).toBe(401);
  });

  test("health is told", async () => {
    const { app } = createTestApp();
    const response = await app.request("/healthz");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ok" });
  });
});

describe("a valid token", () => {
  test.each([`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `BEARER   ${TOKEN}`])(
    "lets %j in",
    async (value) => {
      const { send } = createTestApp();
      expect((await send("/runs", as(value))).status).toBe(200);
    },
  );

  test("may be any of several", async () => {
    const { send } = createTestApp({ auth: { tokens: ["one", "two", "three"] } });
    for (const token of ["one", "two", "three"]) {
      expect((await send("/runs", as(`Bearer ${token}`))).status).toBe(200);
    }
    expect((await send("/runs", as("Bearer four"))).status).toBe(401);
  });

  test("may be told by a function, now or later", async () => {
    for (const auth of [(token: string) => token === "a", async (token: string) => token === "a"]) {
      const { send } = createTestApp({ auth });
      expect((await send("/runs", as("Bearer a"))).status).toBe(200);
      expect((await send("/runs", as("Bearer b"))).status).toBe(401);
      expect((await send("/runs", as(""))).status).toBe(401);
    }
  });
});

test("a function that answers something else than true lets nobody in", async () => {
  const { send } = createTestApp({ auth: (() => "yes") as unknown as () => boolean });
  expect((await send("/runs")).status).toBe(401);
});

test.each([
  ["throws", () => Promise.reject(new Error("the directory is down at 10.0.0.7"))],
  [
    "throws at once",
    () => {
      throw new TypeError("no directory at 10.0.0.7");
    },
  ],
  ["throws what is no error", () => Promise.reject("10.0.0.7 is down")],
])("a function that %s lets nobody in and tells nothing", async (_what, auth) => {
  const { send, logged } = createTestApp({ auth });
  const answer = await send("/runs");
  expect(answer.status).toBe(500);
  expect(codeOf(answer)).toBe("server.failed");
  expect(answer.text).not.toContain("10.0.0.7");
  expect(JSON.stringify(logged)).toContain("10.0.0.7");
});

test("auth: false lets everybody in", async () => {
  const { app } = createTestApp({ auth: false });
  expect((await app.request("/runs")).status).toBe(200);
});

test.each<[string, unknown]>([
  ["left out", undefined],
  ["null", null],
  ["true", true],
  ["text", "token"],
  ["an empty object", {}],
  ["an empty list", { tokens: [] }],
  ["a list that is text", { tokens: "token" }],
  ["an empty token", { tokens: ["good", ""] }],
  ["a token that is none", { tokens: [undefined] }],
  ["a token with a line break", { tokens: ["token\n"] }],
  ["a token that no header can carry", { tokens: ["tökén€"] }],
])("an auth that is %s is refused when the app is made", (_what, auth) => {
  const { engine } = createTestApp();
  expect(() => createApp({ engine, auth: auth as Auth })).toThrow(ConfigurationError);
});
