import { describe, expect, test } from "vitest";
import { codeOf, createTestApp } from "./test-app.ts";

describe("a result", () => {
  test("is waited for, and is the output", async () => {
    const { send, start, gateReached, openGate } = createTestApp();
    const runId = await start("greet", { input: { name: "Ada" } });
    const answer = await send(`/runs/${runId}/result`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ runId, status: "completed", output: "Hello, Ada" });
    const gated = await start("gated");
    await gateReached;
    await send(`/runs/${gated}/cancel`, { method: "POST" });
    const waiting = send(`/runs/${gated}/result?timeout=10s`);
    setTimeout(openGate, 20);
    expect((await waiting).body).toMatchObject({ status: "cancelled" });
  });

  test("may be how the run failed, which is no failure of the request", async () => {
    const { send, start, logged } = createTestApp();
    const runId = await start("breaks");
    const answer = await send(`/runs/${runId}/result`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      status: "failed",
      error: { name: "StepFailedError", code: "step.failed", step: "always_breaks", attempts: 1 },
    });
    const own = await send(`/runs/${await start("times_out")}/result`);
    expect(own.status).toBe(200);
    expect(own.body).toMatchObject({ status: "failed", error: { code: "timeout" } });
    expect(logged).toEqual([]);
  });

  test("of a run that was ended from outside says so", async () => {
    const { send, start } = createTestApp();
    const cancelled = await start("nap");
    await send(`/runs/${cancelled}/cancel`, { body: { reason: "rain", wait: true } });
    expect((await send(`/runs/${cancelled}/result`)).body).toMatchObject({
      status: "cancelled",
      error: { code: "run.cancelled", reason: "rain" },
    });
    const terminated = await start("nap");
    await send(`/runs/${terminated}/terminate`, { body: { reason: "fire" } });
    expect((await send(`/runs/${terminated}/result`)).body).toMatchObject({
      status: "terminated",
      error: { code: "run.ended", reason: "fire" },
    });
  });

  test.each(["0", "20", "20ms"])("that does not come within %s is a time-out", async (timeout) => {
    const { send, start } = createTestApp();
    const runId = await start("nap");
    const answer = await send(`/runs/${runId}/result?timeout=${timeout}`);
    expect(answer.status).toBe(504);
    expect(codeOf(answer)).toBe("timeout");
    expect(answer.body["runId"]).toBe(runId);
    expect(["pending", "running", "suspended"]).toContain(answer.body["status"]);
  });

  test("is refused for a timeout nobody can read, and not found for no run", async () => {
    const { send } = createTestApp();
    const bad = await send("/runs/a/result?timeout=soon");
    expect(bad.status).toBe(400);
    expect(bad.body["error"]).toMatchObject({ issues: [{ path: ["timeout"] }] });
    expect(codeOf(await send("/runs/none/result"))).toBe("run.notFound");
  });
});

describe("a start of a version", () => {
  test("is of that one, or of none", async () => {
    const { send } = createTestApp();
    const path = "/workflows/echo/runs";
    expect((await send(path, { body: { input: 1, version: "1" } })).status).toBe(202);
    const answer = await send(path, { body: { input: 1, version: "2" } });
    expect(answer.status).toBe(404);
    expect(codeOf(answer)).toBe("workflow.notFound");
    expect(answer.body["error"]).toMatchObject({ message: expect.stringContaining("echo@1") });
  });
});

describe("the details of an error", () => {
  const accept = "application/vnd.detent+json";

  test("are told to those who ask for lossless answers", async () => {
    const { send } = createTestApp();
    const answer = await send("/runs/none", { headers: { accept } });
    expect(answer.body["error"]).toEqual({
      code: "run.notFound",
      message: expect.any(String),
      details: { runId: "none" },
    });
    expect((await send("/runs/none")).body["error"]).not.toHaveProperty("details");
    const wrong = await send("/runs", { headers: { accept, authorization: "Bearer no" } });
    expect(wrong.body["error"]).toMatchObject({ code: "token.invalid", details: {} });
  });
});
