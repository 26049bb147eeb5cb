import { describe, expect, test } from "vitest";
import { decode } from "../../src/core/value.ts";
import type { Run, RunEvent } from "../../src/engine/engine.ts";
import { codeOf, createTestApp } from "./test-app.ts";

const LOSSLESS = { accept: "application/vnd.detent+json" };

describe("a run", () => {
  test("shows what it is, was given and gave", async () => {
    const { start, until } = createTestApp();
    const runId = await start("greet", { input: { name: "Ada" }, tags: ["vip"] });
    expect(await until(runId, "completed")).toMatchObject({
      runId,
      workflow: "greet",
      version: "1",
      status: "completed",
      input: { name: "Ada" },
      output: "Hello, Ada",
      tags: ["vip"],
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      endedAt: expect.any(String),
    });
  });

  test("that failed shows its error", async () => {
    const { start, until } = createTestApp();
    const run = await until(await start("breaks"), "failed");
    expect(run["error"]).toMatchObject({
      name: "StepFailedError",
      code: "step.failed",
      message: expect.stringContaining("out of paper"),
      cause: { name: "Error", message: "out of paper" },
    });
  });

  test.each([
    ["nobody started", "run_none"],
    ["has an encoded slash in its id", "a%2Fb"],
    ["has emoji for an id", "%F0%9F%8D%8B"],
    ["has the id of something built in", "__proto__"],
  ])("that %s is not found", async (_what, id) => {
    const { send } = createTestApp();
    for (const path of [`/runs/${id}`, `/runs/${id}/events`]) {
      const answer = await send(path);
      expect(answer.status).toBe(404);
      expect(codeOf(answer)).toBe("run.notFound");
    }
  });

  test.each([
    ["an endless id", "x".repeat(600)],
    ["a control character in its id", "a%00b"],
    ["a line break in its id", "a%0Ab"],
    ["an id that cannot be decoded", "%E0%A4%A"],
  ])("with %s is refused or not found", async (_what, id) => {
    const { send } = createTestApp();
    for (const path of [`/runs/${id}`, `/runs/${id}/events`]) {
      const answer = await send(path);
      expect([400, 404]).toContain(answer.status);
      codeOf(answer);
    }
  });

  test("with an id that needs decoding is found by it", async () => {
    const { start, until } = createTestApp();
    await start("echo", { runId: "order 1/ä?" });
    expect(await until(encodeURIComponent("order 1/ä?"), "completed")).toMatchObject({
      runId: "order 1/ä?",
    });
  });
});

describe("an id in the query", () => {
  test("stands for the one in the path", async () => {
    const { start, send, engine } = createTestApp();
    await start("nap", { runId: "a/b" });
    await start("nap", { runId: "~" });
    expect((await send("/runs/~?runId=a%2Fb")).body).toMatchObject({ runId: "a/b" });
    expect((await send("/runs/~")).body).toMatchObject({ runId: "~" });
    const { body } = await send("/runs/~/events?limit=1&runId=a%2Fb");
    expect(body["events"]).toMatchObject([{ type: "workflow.started" }]);
    const cancelled = await send("/runs/~/cancel?runId=a/b", { body: {} });
    expect(cancelled.body).toMatchObject({ runId: "a/b", outcome: "requested" });
    expect(await engine.getRun("~")).not.toHaveProperty("cancellation");
    const greet = { body: { input: { name: "Ada" } } };
    expect((await send("/workflows/~/runs?workflow=greet", greet)).status).toBe(202);
  });

  test.each([
    ["GET", "/runs/a?runId=b"],
    ["POST", "/runs/a/cancel?runId=b"],
    ["POST", "/runs/~/terminate?runId=a&runId=b"],
    ["GET", "/runs/~?runId="],
    ["GET", "/runs/~?runId=%00"],
    ["POST", "/runs/~/cancel?workflow=a"],
  ])("is refused as %s %s has it", async (method, path) => {
    const { start, send, engine } = createTestApp();
    for (const runId of ["a", "b", "~"]) await start("nap", { runId });
    const answer = await send(path, { method });
    expect(answer.status).toBe(400);
    expect(codeOf(answer)).toBe("input.invalid");
    for (const runId of ["a", "b", "~"]) {
      expect(await engine.getRun(runId)).not.toHaveProperty("cancellation");
    }
  });
});

test.each([
  ["GET", "/runs/a?fields=input"],
  ["GET", "/runs/a/events?since=1"],
  ["GET", "/runs/a/result?wait=1"],
  ["POST", "/runs/a/cancel?dryRun=true"],
  ["POST", "/runs/a/terminate?reason=x"],
  ["GET", "/workflows?version=1"],
  ["POST", "/workflows/nap/runs?runId=a"],
])("%s %s says something that is not known there, and does nothing", async (method, path) => {
  const { start, send, engine } = createTestApp();
  await start("nap", { runId: "a" });
  const answer = await send(path, { method });
  expect(answer.status).toBe(400);
  expect(codeOf(answer)).toBe("input.invalid");
  expect(await engine.getRun("a")).not.toHaveProperty("cancellation");
  expect((await engine.listRuns()).runs).toHaveLength(1);
});

describe("values that JSON lacks", () => {
  const input = {
    at: new Date(0),
    prices: new Map([["apple", 12n]]),
    none: undefined,
    bytes: new Uint8Array([1, 2, 3]),
    error: new RangeError("far"),
  };

  test("are shown readably by default", async () => {
    const { engine, send } = createTestApp();
    const { runId } = await engine.start("echo", input);
    const { headers, body } = await send(`/runs/${runId}`);
    expect(headers.get("content-type")).toBe("application/json");
    expect(body["input"]).toMatchObject({
      at: "1970-01-01T00:00:00.000Z",
      prices: [["apple", "12"]],
      bytes: "AQID",
      error: { name: "RangeError", message: "far" },
    });
    expect(body["input"]).not.toHaveProperty("none");
  });

  test("come as they are when asked for", async () => {
    const { engine, app, send } = createTestApp({ auth: false });
    const { runId } = await engine.start("echo", input);
    const response = await app.request(`/runs/${runId}`, { headers: LOSSLESS });
    expect(response.headers.get("content-type")).toBe("application/vnd.detent+json");
    expect(response.headers.get("vary")).toBe("Accept");
    const run = decode((await response.json()) as unknown[]) as Run;
    expect(run.input).toEqual(input);
    expect(run.input).toHaveProperty("none", undefined);
    expect(run.createdAt).toBeInstanceOf(Date);

    const events = await send(`/runs/${runId}/events`, { headers: LOSSLESS });
    const log = decode(events.body as unknown as unknown[]) as { events: RunEvent[] };
    expect(log.events[0]).toMatchObject({ type: "workflow.started", input, at: expect.any(Date) });
  });

  test.each([
    ["application/json", "application/json"],
    ["*/*", "application/json"],
    ["text/html, */*;q=0.8", "application/json"],
    ["application/vnd.detent+json;q=0.1, application/json", "application/json"],
    ["application/vnd.detent+json;q=0", "application/json"],
    ["text/plain, Application/Vnd.Detent+JSON, */*;q=0.1", "application/vnd.detent+json"],
  ])("are shown to who accepts %s as %s", async (accept, type) => {
    const { send } = createTestApp();
    expect((await send("/runs", { headers: { accept } })).headers.get("content-type")).toBe(type);
  });

  test("do not change how errors are answered", async () => {
    const { send } = createTestApp();
    const answer = await send("/runs/none", { headers: LOSSLESS });
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(codeOf(answer)).toBe("run.notFound");
  });
});

describe("the log of a run", () => {
  test("is answered in order, from a place on, so many events", async () => {
    const { send, start, until } = createTestApp();
    const runId = await start("nap");
    await until(runId, "suspended");
    await send(`/runs/${runId}/cancel`, { body: { wait: true } });
    const { status, body } = await send(`/runs/${runId}/events`);
    expect(status).toBe(200);
    const events = body["events"] as { seq: number; type: string; at: string }[];
    expect(events.at(0)).toMatchObject({ type: "workflow.started", workflow: "nap" });
    expect(events.at(-1)).toMatchObject({ type: "workflow.cancelled" });
    expect(events.map(({ type }) => type)).toContain("cancellation.delivered");
    expect(events.map(({ seq }) => seq)).toEqual(
      events.map(({ seq }) => seq).sort((a, b) => a - b),
    );
    expect(Number.isNaN(Date.parse(String(events[0]?.at)))).toBe(false);

    const second = events[1]?.seq ?? 0;
    const later = await send(`/runs/${runId}/events?after=${second}&limit=2`);
    expect(later.body["events"]).toEqual(events.slice(2, 4));
  });

  test.each([
    "limit=0",
    "limit=1001",
    "limit=x",
    "limit=1e2",
    "after=-1",
    "after=x",
    "after=1&after=2",
  ])("is refused with ?%s", async (query) => {
    const { send, start } = createTestApp();
    const answer = await send(`/runs/${await start("echo")}/events?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body["error"]).toMatchObject({
      code: "input.invalid",
      issues: [{ path: [query.split("=")[0]], message: expect.stringContaining("whole number") }],
    });
  });
});

describe("the list of runs", () => {
  test("is filtered", async () => {
    const { send, start, until } = createTestApp();
    const before = new Date(Date.now() - 1000).toISOString();
    const echo = await start("echo", { tags: ["a"] });
    const nap = await start("nap", { tags: ["a", "b"] });
    await until(echo, "completed");
    await until(nap, "suspended");
    const idsOf = async (query: string) => {
      const { status, body } = await send(`/runs?${query}`);
      expect(status).toBe(200);
      return (body["runs"] as { runId: string }[]).map(({ runId }) => runId);
    };
    expect((await idsOf("")).sort()).toEqual([echo, nap].sort());
    expect(await idsOf("status=completed")).toEqual([echo]);
    expect(await idsOf("workflow=nap")).toEqual([nap]);
    expect(await idsOf("tag=b")).toEqual([nap]);
    expect(await idsOf("tag=a&workflow=echo&status=completed")).toEqual([echo]);
    expect(await idsOf("workflow=unknown")).toEqual([]);
    expect((await idsOf(`createdAfter=${before}`)).length).toBe(2);
    expect(await idsOf(`createdBefore=${before}`)).toEqual([]);
  });

  test("comes in pages", async () => {
    const { send, start } = createTestApp();
    const started = await Promise.all(Array.from({ length: 5 }, () => start("nap")));
    const seen: string[] = [];
    let cursor: unknown;
    do {
      const next = cursor === undefined ? "" : `&cursor=${encodeURIComponent(String(cursor))}`;
      const { body } = await send(`/runs?limit=2${next}`);
      seen.push(...(body["runs"] as { runId: string }[]).map(({ runId }) => runId));
      cursor = body["cursor"];
    } while (cursor !== undefined);
    expect(seen.sort()).toEqual(started.sort());
  });

  test.each([
    ["status=gone", "status"],
    ["status=", "status"],
    ["limit=0", "limit"],
    ["limit=1001", "limit"],
    ["limit=ten", "limit"],
    ["limit=-5", "limit"],
    ["limit=", "limit"],
    ["limit=1&limit=2", "limit"],
    ["createdAfter=yesterday", "createdAfter"],
    ["createdBefore=2030-13-01", "createdBefore"],
    ["cursor=made-up", "cursor"],
    ["cursor=", "cursor"],
    ["cursor=%00%FF", "cursor"],
    ["color=red", "color"],
    ["Status=completed", "Status"],
    ["runId=a", "runId"],
    ["=", ""],
    ["&&%", "%"],
    ["limit=5&__proto__=x", "__proto__"],
  ])("is refused with ?%s", async (query, path) => {
    const { send } = createTestApp();
    const answer = await send(`/runs?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body["error"]).toMatchObject({
      code: "input.invalid",
      issues: [{ path: [path] }],
    });
  });

  test("says what it knows, to who asks for something else", async () => {
    const { send } = createTestApp();
    const answer = await send("/runs?colour=red&status=completed&constructor=y");
    expect(answer.body["error"]).toMatchObject({
      code: "input.invalid",
      issues: [
        { path: ["colour"], message: expect.stringMatching(/known are .*status.*, cursor$/) },
        { path: ["constructor"] },
      ],
    });
  });
});
