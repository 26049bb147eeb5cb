/** A wait at the shell that does not go as hoped: it says why, and loses no id. */
import { expect, test, vi } from "vitest";
import { listen } from "../http/listen.ts";
import { createTestApp, TOKEN } from "../http/test-app.ts";
import { runHere } from "./shell-here.ts";
import { PATIENTLY } from "./shell-process.ts";

async function liveApp() {
  const testApp = createTestApp();
  const url = `http://127.0.0.1:${await listen(testApp.app)}`;
  return { ...testApp, env: { DETENT_URL: url, DETENT_TOKEN: TOKEN } };
}

test("a run with a problem is told of while it is waited for, and when the wait is over", async () => {
  const { env, engine } = await liveApp();
  const args = ["workflows", "run", "nap", "--id", "stuck", "--wait", "--timeout", "2500ms"];
  const waiting = runHere([...args, "-o", "json"], { env });
  await vi.waitUntil(async () => (await engine.listRuns()).runs.length > 0, PATIENTLY);
  await engine.reportProblem("stuck", new Error("no such code"));
  const { code, stdout, stderr } = await waiting;
  expect(code).toBe(5);
  expect(stderr).toMatch(/error: Run "stuck" cannot go on since \S+ \S+: .*no such code/);
  expect(stderr.match(/cannot go on/g)).toHaveLength(1);
  const { runId, problem, error } = JSON.parse(stdout);
  expect({ runId, code: problem.code }).toEqual({ runId: "stuck", code: "turn.failed" });
  expect(error.code).toBe("timeout");
  expect(error.message).toMatch(/cannot go on since .*no such code\nMend the cause/);
  expect(error.message).not.toContain("wait longer");
});

test("a cancel that waits for a run with a problem says so, and that the request stays", async () => {
  const { env, engine, gateReached } = await liveApp();
  await engine.start("gated", undefined, { runId: "stuck" });
  await gateReached;
  await engine.reportProblem("stuck", new Error("no such code"));
  const args = ["runs", "cancel", "stuck", "--wait", "--timeout", "2500ms"];
  const { code, stderr } = await runHere(args, { env });
  expect(code).toBe(5);
  expect(stderr).toMatch(/The wait is over\. Run "stuck" cannot go on since .*no such code/);
  expect(stderr).toMatch(/The request to cancel stays in force/);
});

test.each([
  ["a start", ["workflows", "run", "nap"], { runId: "a", existing: false }],
  ["a cancel", ["runs", "cancel", "b"], { runId: "b", outcome: "requested" }],
])("%s that is waited for and interrupted keeps the id", async (_what, args, known) => {
  const { env, engine, gateReached } = await liveApp();
  if (args[0] === "runs") {
    await engine.start("gated", undefined, { runId: "b" });
    await gateReached;
  }
  const waitedFor = vi.spyOn(engine, "waitForEnd");
  const leave = new AbortController();
  const more = args[0] === "runs" ? [] : ["--id", "a"];
  const place = { env, signal: leave.signal };
  const waiting = runHere([...args, ...more, "--wait", "-o", "json"], place);
  await vi.waitUntil(() => waitedFor.mock.calls.length > 0, PATIENTLY);
  leave.abort(new Error("Interrupted"));
  const { code, stdout } = await waiting;
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ ...known, error: { code: "interrupted" } });
});

test("a cancel of all that is interrupted tells whom it has asked", async () => {
  const { env, engine, gateReached } = await liveApp();
  await engine.start("gated", undefined, { runId: "gated" });
  await gateReached;
  await engine.start("nap", undefined, { runId: "nap" });
  const waitedFor = vi.spyOn(engine, "waitForEnd");
  const leave = new AbortController();
  const args = ["runs", "cancel", "--all", "--yes", "--wait", "-o", "json"];
  const waiting = runHere(args, { env, signal: leave.signal });
  await vi.waitUntil(() => waitedFor.mock.calls.length > 0, PATIENTLY);
  leave.abort(new Error("Interrupted"));
  const { code, stdout } = await waiting;
  expect(code).toBe(130);
  const { runs, error } = JSON.parse(stdout);
  expect(runs.map(({ runId }: { runId: string }) => runId).sort()).toEqual(["gated", "nap"]);
  expect(error.code).toBe("interrupted");
});
