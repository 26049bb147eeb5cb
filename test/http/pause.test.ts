import { describe, expect, test } from "vitest";
import { codeOf, createTestApp } from "./test-app.ts";

const body = { reason: "The carrier is down", requestedBy: "alice" };

describe("a pause", () => {
  test("holds a run back until it is resumed, and its record says by whom and why", async () => {
    const { send, start, until } = createTestApp();
    const runId = await start("nap");
    await until(runId, "suspended");
    const paused = await send(`/runs/${runId}/pause`, { body });
    expect(paused.status).toBe(202);
    expect(paused.body).toEqual({ runId, outcome: "paused", status: "paused" });
    const run = await until(runId, "paused");
    expect(run).toMatchObject({ pause: { ...body, at: expect.any(String) } });
    expect(run["waitingFor"]).toContain("its resume, as it is paused since");
    const listed = await send("/runs?status=paused");
    expect(listed.body["runs"]).toMatchObject([{ runId, pause: body }]);

    const resumed = await send(`/runs/${runId}/resume`, { body: {} });
    expect(resumed.status).toBe(202);
    expect(resumed.body).toEqual({ runId, outcome: "resumed", status: "running" });
    expect(await until(runId, "suspended")).not.toHaveProperty("pause");
    const { body: log } = await send(`/runs/${runId}/events`);
    expect(log["events"]).toMatchObject([
      { type: "workflow.started" },
      {},
      { type: "run.paused", ...body, at: expect.any(String) },
      { type: "run.resumed" },
    ]);
  });

  test("of a run that is paused, and a resume of one that is not, change nothing", async () => {
    const { send, start, until } = createTestApp();
    const runId = await start("nap");
    await until(runId, "suspended");
    const idle = await send(`/runs/${runId}/resume`, { body });
    expect([idle.status, idle.body]).toEqual([
      200,
      { runId, outcome: "not-paused", status: "suspended" },
    ]);
    await send(`/runs/${runId}/pause`, { body });
    const again = await send(`/runs/${runId}/pause`, { body: { reason: "again" } });
    expect([again.status, again.body]).toEqual([
      200,
      { runId, outcome: "already-paused", status: "paused" },
    ]);
  });

  test("of a run that is being cancelled leaves it to its clean-up", async () => {
    const { send, start, gateReached, openGate, until } = createTestApp();
    const runId = await start("gated");
    await gateReached;
    await send(`/runs/${runId}/cancel`, { body });
    const { status, body: answer } = await send(`/runs/${runId}/pause`, { body });
    expect([status, answer]).toEqual([200, { runId, outcome: "cancelling", status: "cancelling" }]);
    openGate();
    await until(runId, "cancelled");
  });

  test.each(["pause", "resume"])("has nothing to %s in a run that has ended", async (path) => {
    const { send, start, until } = createTestApp();
    const runId = await start("echo");
    await until(runId, "completed");
    const ended = await send(`/runs/${runId}/${path}`, { body });
    expect(ended.status).toBe(409);
    expect(codeOf(ended)).toBe("run.ended");
    expect(ended.body).toMatchObject({ runId, outcome: "already-ended", status: "completed" });
    expect((await send(`/runs/nobody/${path}`, { body })).status).toBe(404);
    expect((await send(`/runs/${runId}/${path}`, { body: { reason: 5 } })).status).toBe(400);
    expect((await send(`/runs/${runId}/${path}`, { method: "POST" })).status).toBe(409);
  });
});
