import { describe, expect, test } from "vitest";
import { encode } from "../../src/core/value.ts";
import { codeOf, createTestApp, TOKEN } from "./test-app.ts";

const ECHO = "/workflows/echo/runs";
const LOSSLESS = { "content-type": "application/vnd.detent+json" };
const MIB = 1024 * 1024;

/** A body that comes in pieces, its length unsaid. */
function pieces(count: number, piece: Uint8Array): { body: ReadableStream; sent: () => number } {
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (sent === count) return controller.close();
      sent++;
      controller.enqueue(piece);
    },
  });
  return { body, sent: () => sent };
}

function stream(app: ReturnType<typeof createTestApp>["app"], body: ReadableStream, more = {}) {
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", ...more };
  const request = { method: "POST", headers, body, duplex: "half" };
  return app.request(ECHO, request as RequestInit);
}

describe("a body", () => {
  test.each([
    ["cut off", '{ "input": 1'],
    ["no JSON", "input=1"],
    ["JSON and more", '{ "input": 1 } {}'],
    ["JSON with a comment", '{ "input": 1 /* one */ }'],
  ])("that is %s is refused", async (_what, body) => {
    const { send } = createTestApp();
    const answer = await send(ECHO, { body });
    expect(answer.status).toBe(400);
    expect(codeOf(answer)).toBe("body.invalid");
  });

  test("that is not UTF-8 is refused", async () => {
    const { app } = createTestApp();
    const { body } = pieces(1, new Uint8Array([0x22, 0xff, 0x22]));
    const response = await stream(app, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "body.invalid" } });
  });

  test("that breaks off is refused", async () => {
    const { app } = createTestApp();
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
    const response = await stream(app, body);
    expect(response.status).toBe(400);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])(
    "of type %s is refused",
    async (type) => {
      const { send } = createTestApp();
      const answer = await send(ECHO, { body: "{}", headers: { "content-type": type } });
      expect(answer.status).toBe(415);
      expect(codeOf(answer)).toBe("body.unsupportedType");
    },
  );

  test.each([
    "application/json",
    "Application/JSON; charset=utf-8",
    "application/json;charset=UTF-8",
  ])("of type %s is read", async (type) => {
    const { send } = createTestApp();
    const answer = await send(ECHO, { body: '{ "input": 1 }', headers: { "content-type": type } });
    expect(answer.status).toBe(202);
  });

  test("of no type is refused", async () => {
    const { app } = createTestApp();
    const body = new TextEncoder().encode('{ "input": 1 }');
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await app.request(ECHO, { method: "POST", headers, body })).status).toBe(415);
  });

  test("with keys nobody knows is read without them", async () => {
    const { send, start, until } = createTestApp();
    const runId = await start("echo", { input: 1, runId: "run_known", secret: 2, __proto__: 3 });
    expect(runId).toBe("run_known");
    expect(await until(runId, "completed")).toMatchObject({ output: 1 });
    expect((await send("/runs/run_known/cancel", { body: { force: true } })).status).toBe(409);
  });

  test("that another middleware has read is read again", async () => {
    const { app } = createTestApp({ auth: false });
    const { Hono } = await import("hono");
    const outer = new Hono();
    outer.use(async (c, next) => {
      await c.req.text();
      await next();
    });
    outer.route("/", app);
    const sent = { method: "POST", headers: { "content-type": "application/json" } };
    const good = await outer.request(ECHO, { ...sent, body: '{ "input": 1 }' });
    expect(good.status).toBe(202);
    const large = await outer.request(ECHO, { ...sent, body: `"${"x".repeat(MIB)}"` });
    expect(large.status).toBe(413);
  });
});

describe("a body over the limit", () => {
  test("of 1 MiB is refused, and one of just that is not too large", async () => {
    const { send } = createTestApp();
    const fill = (size: number) => `"${"x".repeat(size - 2)}"`;
    const over = await send(ECHO, { body: fill(MIB + 1) });
    expect(over.status).toBe(413);
    expect(codeOf(over)).toBe("payload.tooLarge");
    expect(codeOf(await send(ECHO, { body: fill(MIB) }))).toBe("input.invalid");
  });

  test("that was set is refused", async () => {
    const { send } = createTestApp({ bodyLimit: 20 });
    expect((await send(ECHO, { body: '{ "input": "short" }' })).status).toBe(202);
    expect((await send(ECHO, { body: '{ "input": "longer" }' })).status).toBe(413);
  });

  test("is counted in bytes", async () => {
    const { send } = createTestApp({ bodyLimit: 20 });
    expect((await send(ECHO, { body: '{ "input": "éééé" }' })).status).toBe(413);
  });

  test("is refused as soon as it is over, when its length was not said", async () => {
    const { app } = createTestApp();
    const { body, sent } = pieces(100_000, new Uint8Array(64 * 1024).fill(0x20));
    const response = await stream(app, body);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { code: "payload.tooLarge" } });
    expect(sent()).toBeLessThan(50);
  });

  test("is refused when it lies about its length", async () => {
    const { app } = createTestApp();
    const { body } = pieces(100, new Uint8Array(64 * 1024).fill(0x20));
    expect((await stream(app, body, { "content-length": "10" })).status).toBe(413);
  });

  test("is refused unread when it says so", async () => {
    const { app } = createTestApp();
    const { body, sent } = pieces(100, new Uint8Array(64 * 1024).fill(0x20));
    expect((await stream(app, body, { "content-length": "99999999" })).status).toBe(413);
    expect(sent()).toBeLessThan(3);
  });
});

describe("a lossless body", () => {
  test("brings every value along", async () => {
    const { send, engine } = createTestApp();
    const input = {
      at: new Date(0),
      ids: new Set([1n]),
      none: undefined,
      bytes: new Uint8Array([1]),
    };
    const body = JSON.stringify(encode({ input, tags: ["a"] }, "a body"));
    const answer = await send(ECHO, { body, headers: LOSSLESS });
    expect(answer.status).toBe(202);
    const run = await engine.getRun(String(answer.body["runId"]));
    expect(run).toMatchObject({ input, tags: ["a"] });
  });

  test.each([
    "{",
    "{}",
    "[]",
    "null",
    '"text"',
    "7",
    '[["Error",0]]',
    '[["Error",1],null]',
    '[["Nothing",1],2]',
    '[{"__proto__":1},{"admin":true}]',
  ])("that is %s is refused", async (body) => {
    const { send } = createTestApp();
    const answer = await send(ECHO, { body, headers: LOSSLESS });
    expect(answer.status).toBe(400);
    expect(codeOf(answer)).toBe("body.invalid");
    expect(Object.hasOwn(Object.prototype, "admin")).toBe(false);
  });

  test("of the wrong shape is refused", async () => {
    const { send } = createTestApp();
    const body = JSON.stringify(encode({ tags: new Set(["a"]) }, "a body"));
    const answer = await send(ECHO, { body, headers: LOSSLESS });
    expect(answer.status).toBe(400);
    expect(answer.body["error"]).toMatchObject({
      code: "input.invalid",
      issues: [{ path: ["tags"], message: "must be a list of at most 50 texts" }],
    });
  });
});

describe("an input that tries to break things", () => {
  test("by a key called __proto__ is refused or kept as data", async () => {
    const { send } = createTestApp();
    const answer = await send(ECHO, { body: '{ "input": { "__proto__": { "admin": true } } }' });
    expect([202, 400]).toContain(answer.status);
    expect(Reflect.get({}, "admin")).toBeUndefined();
  });

  test("by its depth is refused", async () => {
    const { send } = createTestApp();
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const answer = await send(ECHO, { body: `{ "input": ${deep} }` });
    expect(answer.status).toBe(400);
    expect(codeOf(answer)).toBe("value.notSerializable");
  });
});
