/** What only a terminal gets: colour, and a line that tells how far a cancellation has come. */
import { describe, expect, test, vi } from "vitest";
import { listen } from "../http/listen.ts";
import { createTestApp, type TestApp, TOKEN } from "../http/test-app.ts";
import { runHere } from "./shell-here.ts";
import { PATIENTLY } from "./shell-process.ts";

/** What a terminal obeys. */
const ESCAPE = "\u001b";
const WIDE = 120;

async function liveApp(): Promise<TestApp & { env: Record<string, string> }> {
  const testApp = createTestApp();
  const url = `http://127.0.0.1:${await listen(testApp.app)}`;
  return { ...testApp, env: { DETENT_URL: url, DETENT_TOKEN: TOKEN } };
}

describe("colour", () => {
  test("is for terminals, unless it is not wanted", async () => {
    const { engine, env } = await liveApp();
    await (await engine.start("echo", 1)).result();
    const list = (more: object, columns?: number) =>
      runHere(["runs", "list"], {
        env: { ...env, ...more },
        ...(columns !== undefined && { columns }),
      });
    expect((await list({}, WIDE)).stdout).toContain(`${ESCAPE}[32mcompleted`);
    expect((await list({})).stdout).not.toContain(ESCAPE);
    expect((await list({ NO_COLOR: "1" }, WIDE)).stdout).not.toContain(ESCAPE);
    expect((await list({ TERM: "dumb" }, WIDE)).stdout).not.toContain(ESCAPE);
    const failed = await runHere(["runs", "status", "nope"], { env, columns: WIDE });
    expect(failed.stderr).toMatch(`${ESCAPE}[31merror:${ESCAPE}[39m There is no run`);
  });

  test("tells statuses apart, and never reaches JSON", async () => {
    const { engine, env } = await liveApp();
    await (await engine.start("breaks")).result().catch(() => {});
    await (await engine.start("nap")).cancel({ wait: true });
    const table = await runHere(["runs", "list"], { env, columns: WIDE });
    expect(table.stdout).toContain(`${ESCAPE}[31mfailed`);
    expect(table.stdout).toContain(`${ESCAPE}[33mcancelled`);
    for (const format of ["json", "plain"]) {
      const { stdout } = await runHere(["runs", "list", "-o", format], { env, columns: WIDE });
      expect(stdout).not.toContain(ESCAPE);
    }
  });
});

describe("progress", () => {
  test("of a cancel tells what is let finish, and goes away", async () => {
    const { engine, env, gateReached, openGate } = await liveApp();
    await engine.start("gated", undefined, { runId: "gated" });
    await gateReached;
    const heard = (text: string): void => {
      if (text.includes('gated: step "wait_at_gate", attempt 1 is let finish (')) openGate();
    };
    const place = { env, columns: WIDE, heard };
    const { code, stdout, stderr } = await runHere(["runs", "cancel", "gated", "--wait"], place);
    expect(code).toBe(0);
    expect(stderr.endsWith(`\r${ESCAPE}[2K`)).toBe(true);
    expect(stdout).toContain("Cancelled");
  });

  test("of many tells how many have ended", async () => {
    const { engine, env } = await liveApp();
    await engine.start("nap");
    await engine.start("nap");
    const all = ["runs", "cancel", "--all", "--yes", "--wait"];
    const { code, stderr } = await runHere(all, { env, columns: WIDE });
    expect(code).toBe(0);
    expect(stderr).toContain("0 asked to stop");
    expect(stderr).toContain("0 of 2 have ended");
  });

  test("is not shown to anybody but people", async () => {
    const { engine, env } = await liveApp();
    for (const [runId, place] of [
      ["a", { env }],
      ["b", { env, columns: WIDE }],
    ] as const) {
      await engine.start("nap", undefined, { runId });
      const args = ["runs", "cancel", runId, "--wait", ...(runId === "b" ? ["-o", "json"] : [])];
      expect((await runHere(args, place)).stderr).toBe("");
    }
  });
});

test("a wait that is given up ends with the code of an interrupt", async () => {
  const { env, engine } = await liveApp();
  const gaveUp = new AbortController();
  const waiting = runHere(["workflows", "run", "nap", "--wait"], { env, signal: gaveUp.signal });
  await vi.waitUntil(async () => (await engine.listRuns()).runs.length > 0, PATIENTLY);
  gaveUp.abort(new Error("Interrupted"));
  const { code, stderr } = await waiting;
  expect(code).toBe(130);
  expect(stderr).toMatch(/error: Interrupted\. What was asked for already goes on/);
});
