import { describe, expect, test, vi } from "vitest";
import { codeOf, createTestApp } from "./test-app.ts";

describe("a wake", () => {
  test("has a run looked at, and leaves it as it is", async () => {
    const { send, start, until } = createTestApp();
    const runId = await start("nap");
    await until(runId, "suspended");
    const answer = await send(`/runs/${runId}/wake`, { method: "POST" });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ runId, outcome: "woken", status: "suspended" });
    await until(runId, "suspended");
  });

  test("of a run that has ended is a conflict, and of none there is nothing", async () => {
    const { send, start, until } = createTestApp();
    const runId = await start("echo");
    await until(runId, "completed");
    const ended = await send(`/runs/${runId}/wake`, { body: {} });
    expect(ended.status).toBe(409);
    expect(codeOf(ended)).toBe("run.ended");
    expect(ended.body).toMatchObject({ runId, outcome: "already-ended", status: "completed" });
    expect((await send("/runs/nobody/wake", { body: {} })).status).toBe(404);
  });
});

describe("a cancel", () => {
  test("is requested, and the run ends cancelled with its clean-up done", async () => {
    const { send, start, until } = createTestApp();
    const runId = await start("nap");
    await until(runId, "suspended");
    const body = { reason: "Customer cancelled order #12345", requestedBy: "alice" };
    const answer = await send(`/runs/${runId}/cancel`, { body });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ runId, outcome: "requested", status: "cancelling" });
    expect((await until(runId, "cancelled"))["cancellation"]).toMatchObject({
      ...body,
      requestedAt: expect.any(String),
      cleanup: { steps: 1, finished: true, durationMs: expect.any(Number) },
    });
  });

  test("that waits answers when the run has ended", async () => {
    const { send, start, until } = createTestApp();
    const runId = await start("nap");
    await until(runId, "suspended");
    const answer = await send(`/runs/${runId}/cancel`, { body: { wait: true, timeout: "10s" } });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ runId, outcome: "requested", status: "cancelled" });
  });

  test("of a run whose code never ran is done at once", async () => {
    const { send, start } = createTestApp();
    const runId = await start("nap", { startAt: new Date(Date.now() + 3_600_000) });
    const answer = await send(`/runs/${runId}/cancel`, { method: "POST" });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ outcome: "requested", status: "cancelled" });
  });

  test("whose wait runs out says so, and stays in force", async () => {
    const { send, start, until, openGate, gateReached } = createTestApp();
    const runId = await start("gated");
    await gateReached;
    const answer = await send(`/runs/${runId}/cancel`, { body: { wait: true, timeout: 50 } });
    expect(answer.status).toBe(504);
    expect(codeOf(answer)).toBe("timeout");
    expect(answer.body).toMatchObject({ runId, status: "cancelling" });
    openGate();
    await until(runId, "cancelled");
  });

  test("made twice is one request", async () => {
    const { send, start, openGate, gateReached } = createTestApp();
    const runId = await start("gated");
    await gateReached;
    await send(`/runs/${runId}/cancel`, { body: { reason: "first" } });
    const second = await send(`/runs/${runId}/cancel`, { body: { reason: "second" } });
    expect(second.status).toBe(202);
    expect(second.body).toEqual({ runId, outcome: "already-requested", status: "cancelling" });
    const waiting = send(`/runs/${runId}/cancel`, { body: { wait: true } });
    setTimeout(openGate, 50);
    const third = await waiting;
    expect(third.status).toBe(200);
    expect(third.body).toMatchObject({ outcome: "already-requested", status: "cancelled" });
    const run = await send(`/runs/${runId}`);
    expect(run.body["cancellation"]).toMatchObject({ reason: "first" });
  });

  test.each([{}, { wait: true }])(
    "of a run that has ended is a conflict, with %j",
    async (body) => {
      const { send, start, until } = createTestApp();
      const runId = await start("echo");
      await until(runId, "completed");
      const answer = await send(`/runs/${runId}/cancel`, { body });
      expect(answer.status).toBe(409);
      expect(answer.body).toEqual({
        runId,
        outcome: "already-ended",
        status: "completed",
        error: { code: "run.ended", message: expect.stringContaining("completed") },
      });
    },
  );

  test.each(["nope", "a%2Fb", "a%00b", "x".repeat(600)])(
    "of unknown run %s is refused",
    async (id) => {
      const { send } = createTestApp();
      for (const action of ["cancel", "terminate"]) {
        const answer = await send(`/runs/${id}/${action}`, { method: "POST" });
        expect([400, 404]).toContain(answer.status);
        codeOf(answer);
      }
      expect((await send("/runs/nope/cancel", { method: "POST" })).status).toBe(404);
    },
  );

  test.each([
    [{ timeout: "soon" }, "timeout"],
    [{ timeout: -1 }, "timeout"],
    [{ timeout: "5" }, "timeout"],
    [{ timeout: null }, "timeout"],
    [{ gracePeriod: "forever" }, "gracePeriod"],
    [{ gracePeriod: {} }, "gracePeriod"],
    [{ wait: "yes" }, "wait"],
    [{ reason: 7 }, "reason"],
    [{ requestedBy: ["alice"] }, "requestedBy"],
  ])("with %j is refused and not requested", async (body, path) => {
    const { send, start, until } = createTestApp();
    const runId = await start("nap");
    await until(runId, "suspended");
    const answer = await send(`/runs/${runId}/cancel`, { body });
    expect(answer.status).toBe(400);
    expect(answer.body["error"]).toMatchObject({
      code: "input.invalid",
      issues: [{ path: [path] }],
    });
    expect((await send(`/runs/${runId}`)).body).not.toHaveProperty("cancellation");
  });

  test.each([undefined, "10m", 26_000])(
    "never waits longer than a gateway does (timeout %s)",
    async (timeout) => {
      const { engine, send, start } = createTestApp();
      const cancel = vi.spyOn(engine, "cancel");
      await send(`/runs/${await start("nap")}/cancel`, { body: { wait: true, timeout } });
      expect(cancel.mock.lastCall?.[1]).toMatchObject({ wait: true, timeout: 25_000 });
    },
  );
});

describe("a terminate", () => {
  test("ends the run at once", async () => {
    const { send, start, until } = createTestApp();
    const runId = await start("nap");
    await until(runId, "suspended");
    const body = { reason: "stuck", requestedBy: "bob" };
    const answer = await send(`/runs/${runId}/terminate`, { body });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ runId, outcome: "terminated", status: "terminated" });
    expect((await send(`/runs/${runId}`)).body).toMatchObject({
      status: "terminated",
      termination: { ...body, at: expect.stringMatching(/Z$/) },
    });
  });

  test("needs no body", async () => {
    const { send, start } = createTestApp();
    expect((await send(`/runs/${await start("nap")}/terminate`, { method: "POST" })).status).toBe(
      202,
    );
  });

  test("of a run that has ended is a conflict", async () => {
    const { send, start, until } = createTestApp();
    const runId = await start("echo");
    await until(runId, "completed");
    const answer = await send(`/runs/${runId}/terminate`, { body: {} });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ runId, outcome: "already-ended", status: "completed" });
    expect(codeOf(answer)).toBe("run.ended");
  });

  test("of no run is not found", async () => {
    const { send } = createTestApp();
    const answer = await send("/runs/none/terminate", { body: {} });
    expect(answer.status).toBe(404);
    expect(codeOf(answer)).toBe("run.notFound");
  });

  test.each([{ reason: {} }, { requestedBy: 5 }])("with %j is refused", async (body) => {
    const { send, start } = createTestApp();
    const answer = await send(`/runs/${await start("nap")}/terminate`, { body });
    expect(answer.status).toBe(400);
  });
});
