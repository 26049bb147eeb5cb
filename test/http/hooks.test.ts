import { describe, expect, test } from "vitest";
import { encode } from "../../src/core/value.ts";
import { LOSSLESS_TYPE } from "../../src/http/protocol/media-types.ts";
import { answered, codeOf, createTestApp, type TestApp } from "./test-app.ts";

async function waiting(app: TestApp, workflow = "asks"): Promise<{ runId: string; token: string }> {
  const runId = await app.start(workflow);
  await app.until(runId, "suspended");
  const { body } = await app.send(`/runs/${runId}/hooks`);
  const [{ token }] = body["hooks"] as [{ token: string }];
  return { runId, token };
}

/** Whoever calls has the hook's token, and no other. */
const outside = async (app: TestApp, token: string, init: RequestInit = {}) => {
  const headers = { "content-type": "application/json", ...init.headers };
  return answered(await app.app.request(`/hooks/${token}`, { method: "POST", ...init, headers }));
};

describe("the hooks of a run", () => {
  test("are told with their tokens and what they take", async () => {
    const app = createTestApp();
    const runId = await app.start("asks");
    await app.until(runId, "suspended");
    const { status, body } = await app.send(`/runs/${runId}/hooks`);
    expect(status).toBe(200);
    expect(body).toEqual({
      hooks: [
        {
          hook: "approval",
          command: 0,
          token: expect.stringMatching(/^[\w.-]+$/),
          createdAt: expect.any(String),
          schema: {
            type: "object",
            properties: { approved: { type: "boolean" } },
            required: ["approved"],
          },
        },
      ],
    });
    expect((await app.send("/runs/nobody/hooks")).status).toBe(404);
  });

  test("are told to nobody without a token of the app", async () => {
    const app = createTestApp();
    const { runId } = await waiting(app);
    const response = await app.app.request(`/runs/${runId}/hooks`);
    expect(response.status).toBe(401);
  });
});

describe("a payload", () => {
  test("is handed in by whoever has the hook's token, as the body", async () => {
    const app = createTestApp();
    const { runId, token } = await waiting(app);
    const { status, body, headers } = await outside(app, token, { body: '{"approved":true}' });
    expect({ status, body }).toEqual({ status: 202, body: { runId } });
    expect(headers.get("cache-control")).toBe("no-store");
    expect((await app.until(runId, "completed"))["output"]).toEqual({ approved: true });
  });

  test("that does not fit is refused with the schema's issues", async () => {
    const app = createTestApp();
    const { token } = await waiting(app);
    const refused = await outside(app, token, { body: '{"approved":"perhaps"}' });
    expect(refused.status).toBe(400);
    expect(refused.body["error"]).toMatchObject({
      code: "input.invalid",
      issues: [{ message: "must be yes or no", path: ["approved"] }],
    });
    expect((await outside(app, token)).status).toBe(400);
    expect((await outside(app, token, { body: '{"approved":false}' })).status).toBe(202);
  });

  test("is any JSON, lossless, or nothing", async () => {
    const app = createTestApp();
    const lossless = { "content-type": LOSSLESS_TYPE };
    for (const [init, output] of [
      [{}, undefined],
      [{ body: "null" }, null],
      [{ body: '"yes"' }, "yes"],
      [{ body: "[1,2]" }, [1, 2]],
      [{ body: JSON.stringify(encode(new Set([1n]), "it")), headers: lossless }, new Set([1n])],
    ] as const) {
      const { runId, token } = await waiting(app, "asks_anything");
      expect((await outside(app, token, init)).status).toBe(202);
      await app.until(runId, "completed");
      expect(await app.engine.result(runId)).toEqual(output);
    }
  });

  test("that is no JSON, or too large, is refused", async () => {
    const app = createTestApp({ bodyLimit: 100 });
    const { token } = await waiting(app, "asks_anything");
    const refused = [
      [{ body: "approved=true", headers: { "content-type": "text/plain" } }, 415],
      [{ body: "{" }, 400],
      [{ body: JSON.stringify("x".repeat(200)) }, 413],
      [{ body: "1", headers: { "idempotency-key": "x".repeat(300) } }, 400],
    ] as const;
    for (const [init, status] of refused) {
      expect((await outside(app, token, init)).status).toBe(status);
    }
    expect((await outside(app, token, { body: "1" })).status).toBe(202);
  });

  test("is taken from a page of any origin, whatever else the app lets in", async () => {
    const app = createTestApp({ auth: false });
    const { token } = await waiting(app, "asks_anything");
    const headers = { origin: "https://elsewhere.example", host: "elsewhere.example" };
    expect((await outside(app, token, { body: "1", headers })).status).toBe(202);
  });

  test("that comes too late is told why", async () => {
    const app = createTestApp();
    const used = await waiting(app, "asks_anything");
    expect((await outside(app, used.token, { body: "1" })).status).toBe(202);
    await app.until(used.runId, "completed");
    const ended = await outside(app, used.token, { body: "2" });
    expect([ended.status, codeOf(ended)]).toEqual([409, "run.ended"]);

    const cancelled = await waiting(app, "asks_anything");
    await app.engine.cancel(cancelled.runId);
    const late = await outside(app, cancelled.token, { body: "1" });
    expect(["run.ended", "hook.expired"]).toContain(codeOf(late));

    const unknown = await outside(app, "cnVuXzE.0.nothing", { body: "1" });
    expect([unknown.status, codeOf(unknown)]).toEqual([404, "hook.notFound"]);
    const endless = await outside(app, "x".repeat(5000), { body: "1" });
    expect([endless.status, codeOf(endless)]).toEqual([404, "hook.notFound"]);
  });

  test("that comes again by the same key is answered as the first time", async () => {
    const app = createTestApp();
    const { runId, token } = await waiting(app, "asks_anything");
    const first = { body: "1", headers: { "idempotency-key": "delivery 1" } };
    const other = { body: "2", headers: { "idempotency-key": "delivery 2" } };
    expect((await outside(app, token, first)).status).toBe(202);
    expect((await outside(app, token, first)).body).toEqual({ runId });
    await app.until(runId, "completed");
    expect((await outside(app, token, first)).status).toBe(202);
    expect((await outside(app, token, other)).status).toBe(409);
    expect(await app.engine.result(runId)).toBe(1);
  });

  test("leaves its token in no log", async () => {
    const app = createTestApp();
    const { token } = await waiting(app);
    const failing = createTestApp();
    failing.engine.resumeHook = () => Promise.reject(new Error("out of order"));
    expect((await outside(failing, token, { body: "1" })).status).toBe(500);
    const logged = JSON.stringify(failing.logged);
    expect(logged).toContain("/hooks/{token}");
    expect(logged).not.toContain(token);
  });
});
