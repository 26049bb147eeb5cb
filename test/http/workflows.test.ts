import { describe, expect, test } from "vitest";
import * as zod from "zod";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createEngine } from "../../src/engine/index.ts";
import { createApp } from "../../src/http/index.ts";
import { workflow } from "../../src/index.ts";
import { silent } from "../silent.ts";
import { answered, codeOf, createTestApp } from "./test-app.ts";

const GREET = "/workflows/greet/runs";
const ADA = { input: { name: "Ada" } };

test("the registered workflows are listed with their versions", async () => {
  const { send } = createTestApp();
  const { status, body } = await send("/workflows");
  expect(status).toBe(200);
  expect(body["workflows"]).toContainEqual(
    expect.objectContaining({ name: "greet", version: "1" }),
  );
});

describe("a start", () => {
  test("answers the run's id and status", async () => {
    const { send, until } = createTestApp();
    const answer = await send(GREET, { body: { ...ADA, tags: ["vip"] } });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ runId: expect.any(String), status: "pending" });
    const run = await until(String(answer.body["runId"]), "completed");
    expect(run).toMatchObject({ workflow: "greet", output: "Hello, Ada", tags: ["vip"] });
  });

  test.each([
    ["an empty object", "{}"],
    ["nothing", ""],
  ])("with %s as its body has no input", async (_what, body) => {
    const { send, until } = createTestApp();
    const answer = await send("/workflows/echo/runs", { body });
    expect(answer.status).toBe(202);
    expect(await until(String(answer.body["runId"]), "completed")).not.toHaveProperty("output");
  });

  test("of an unknown workflow is not found", async () => {
    const { send } = createTestApp();
    const answer = await send("/workflows/nope/runs", { body: {} });
    expect(answer.status).toBe(404);
    expect(codeOf(answer)).toBe("workflow.notFound");
  });

  test("with an input that fails its schema is refused with the schema's issues", async () => {
    const { send } = createTestApp();
    const answer = await send(GREET, { body: { input: { name: 7 } } });
    expect(answer.status).toBe(400);
    expect(answer.body["error"]).toMatchObject({
      code: "input.invalid",
      issues: [{ path: ["name"], message: "must be a name" }],
    });
    expect((await send("/runs")).body["runs"]).toEqual([]);
  });

  test.each([
    ["{}", "application/json"],
    ["", "application/json"],
    ['{"inputs":{"name":"Ada"}}', "application/json"],
    ["[{}]", "application/vnd.detent+json"],
    ['[{"input":-1}]', "application/vnd.detent+json"],
  ])("with %s has no input, which is refused where the schema wants one", async (body, type) => {
    const { send, engine } = createTestApp();
    const answer = await send(GREET, { body, headers: { "content-type": type } });
    expect(answer.status).toBe(400);
    expect(answer.body["error"]).toMatchObject({
      code: "input.invalid",
      issues: [{ path: [], message: expect.any(String) }],
    });
    expect((await engine.listRuns()).runs).toEqual([]);
  });

  test("with wrong types is refused with every issue", async () => {
    const { send } = createTestApp();
    const body = { ...ADA, tags: [1], runId: 2, idempotencyKey: 3, startAt: "later" };
    const answer = await send(GREET, { body });
    expect(answer.status).toBe(400);
    expect(answer.body["error"]).toMatchObject({ code: "input.invalid" });
    const { issues } = answer.body["error"] as { issues: { path: string[] }[] };
    expect(issues.map(({ path }) => path.join(".")).sort()).toEqual([
      "idempotencyKey",
      "runId",
      "startAt",
      "tags.0",
    ]);
  });

  test("of a run with a body that is a list is refused", async () => {
    const { send } = createTestApp();
    const answer = await send(GREET, { body: [ADA] });
    expect(answer.status).toBe(400);
    expect(answer.body["error"]).toMatchObject({
      issues: [{ path: [], message: "must be an object" }],
    });
  });

  test("at a later time waits for it", async () => {
    const { send } = createTestApp();
    const startAt = new Date(Date.now() + 3_600_000).toISOString();
    const { status, body } = await send(GREET, { body: { ...ADA, startAt } });
    expect(status).toBe(202);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await send(`/runs/${body["runId"]}`)).body).toMatchObject({ status: "pending" });
  });

  test("with an input larger than can be kept is refused", async () => {
    const { send } = createTestApp();
    const answer = await send("/workflows/echo/runs", { body: { input: "x".repeat(500_000) } });
    expect(answer.status).toBe(413);
    expect(codeOf(answer)).toBe("payload.tooLarge");
  });
});

describe("a start that was made before", () => {
  test("by its key answers the run that exists", async () => {
    const { send } = createTestApp();
    const body = { ...ADA, idempotencyKey: "order-1" };
    const first = await send(GREET, { body });
    const second = await send(GREET, { body });
    expect([first.status, second.status]).toEqual([202, 200]);
    expect(second.body["runId"]).toBe(first.body["runId"]);
  });

  test("by its id answers the run that exists", async () => {
    const { send } = createTestApp();
    const body = { ...ADA, runId: "run_mine" };
    const first = await send(GREET, { body });
    expect(first.body).toMatchObject({ runId: "run_mine" });
    expect((await send(GREET, { body })).status).toBe(200);
  });

  test.each(["idempotencyKey", "runId"])(
    "with the same %s and another input is a conflict",
    async (key) => {
      const { send } = createTestApp();
      await send(GREET, { body: { ...ADA, [key]: "same" } });
      const answer = await send(GREET, { body: { input: { name: "Bob" }, [key]: "same" } });
      expect(answer.status).toBe(409);
      expect(codeOf(answer)).toBe("run.idempotencyConflict");
    },
  );
});

test.each([
  ["an endless name", "x".repeat(600)],
  ["a control character", "a%00b"],
  ["what cannot be decoded", "%E0%A4"],
  ["a slash", "a%2Fb"],
  ["two dots", "%2e%2e%2Fgreet"],
])("%s in the path is no workflow", async (_what, name) => {
  const { send } = createTestApp();
  const answer = await send(`/workflows/${name}/runs`, { body: {} });
  expect([400, 404]).toContain(answer.status);
  codeOf(answer);
});

describe("what is refused is not sent back whole", () => {
  const LONG = 200_000;

  test("be it the pattern that it does not match", async () => {
    const strict = workflow("strict", async (input: unknown) => input, {
      input: zod.object({ code: zod.string().regex(new RegExp(`^[${"a".repeat(LONG)}]$`)) }),
    });
    const engine = createEngine({
      workflows: [strict],
      store: createMemoryStore(),
      scheduler: { send: async () => {} },
      logger: silent,
    });
    const app = createApp({ engine, auth: { tokens: ["t"] }, logger: silent });
    const headers = { authorization: "Bearer t", "content-type": "application/json" };
    const body = JSON.stringify({ input: { code: "b" } });
    const request = { method: "POST", headers, body };
    const answer = await answered(await app.request("/workflows/strict/runs", request));
    expect(answer.status).toBe(400);
    expect(answer.text.length).toBeLessThan(5000);
    expect(answer.body["error"]).toMatchObject({
      code: "input.invalid",
      message: expect.stringContaining('The input of workflow "strict" does not fit'),
      issues: [{ path: ["code"], message: expect.stringMatching(/^Invalid.*…$/s) }],
    });
    await expect(engine.start("strict", { code: "b" })).rejects.toThrow(/^.{1,1000}$/s);
  });

  test.each([
    ["a key", { input: { name: { ["k".repeat(LONG)]: 1 } } }],
    ["an id", { input: { name: "Ada" }, runId: "r".repeat(LONG) }],
    ["tags", { input: { name: "Ada" }, tags: ["t".repeat(LONG), "😀".repeat(LONG)] }],
    ["a version", { input: { name: "Ada" }, version: "v".repeat(LONG) }],
    ["a time", { input: { name: "Ada" }, startAt: "2".repeat(LONG) }],
  ])("be it %s", async (_what, body) => {
    const { send } = createTestApp();
    for (const accept of ["application/json", "application/vnd.detent+json"]) {
      const answer = await send(GREET, { body, headers: { accept } });
      expect(answer.status).toBe(400);
      expect(answer.text.length).toBeLessThan(5000);
    }
  });

  test("be it the address, or a part of the query", async () => {
    const { send } = createTestApp();
    const long = "x".repeat(LONG);
    for (const path of [`/${long}`, `/runs/${long}`, `/ui/${long}`, `/runs?${long}=1`]) {
      const answer = await send(path);
      expect([400, 404]).toContain(answer.status);
      expect(answer.text.length).toBeLessThan(5000);
    }
  });
});
