/** Ending runs, by processes of the shell against a live app. */
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { StoreDamagedError } from "../../src/core/errors.ts";
import { around } from "../engine/watched-store.ts";
import { until } from "../until.ts";
import { openLiveApp } from "./live-app.ts";
import { useShell } from "./shell-process.ts";

const run = useShell();
const liveApp = () => openLiveApp(run);

describe("runs wake", () => {
  test("has one run go on, or all that have a problem", async () => {
    const { json, engine, shell } = await liveApp();
    for (const runId of ["a", "b", "c"]) await engine.start("nap", undefined, { runId });
    await until(async () => (await engine.getRun("c")).status === "suspended");
    for (const runId of ["a", "b"]) await engine.reportProblem(runId, new Error("no"));
    const [one, all] = [await json("runs", "wake", "c"), await json("runs", "wake", "--all")];
    expect(one).toEqual({ code: 0, body: { runId: "c", outcome: "woken", status: "suspended" } });
    expect(all.body["runs"]).toHaveLength(3);
    for (const runId of ["a", "b"]) await engine.reportProblem(runId, new Error("no"));
    const listed = await json("runs", "list", "--problem");
    expect(listed.body["runs"]).toMatchObject([{ runId: "b" }, { runId: "a" }]);
    const some = await json("runs", "wake", "--all", "--problem", "--workflow", "nap");
    expect(some).toMatchObject({
      code: 0,
      body: { runs: [{ runId: "b", outcome: "woken" }, { runId: "a" }] },
    });
    expect((await shell("runs", "wake", "--all", "--tag", "none")).stdout).toContain("No run fits");
    const others = await shell("runs", "wake", "--all", "--workflow-version", "2");
    expect(others.stdout).toContain("No run fits");
    await engine.terminate("a");
    expect(await json("runs", "wake", "a")).toMatchObject({
      code: 4,
      body: { runId: "a", outcome: "already-ended", status: "terminated" },
    });
    expect((await json("runs", "wake", "nope")).code).toBe(3);
    expect((await json("runs", "wake")).code).toBe(2);
    expect((await json("runs", "wake", "c", "--problem")).code).toBe(2);
  });
});

describe("a run whose record is damaged", () => {
  test("keeps no other from what is asked of all, and is told", async () => {
    const store = around(createMemoryStore(), async (name, call, [run]) => {
      const runId = name === "runs.get" ? run : Object(run).runId;
      if (isDamaged && runId === "b") throw new StoreDamagedError("Its head", "torn");
      return await call();
    });
    let isDamaged = false;
    const { json, shell, engine } = await openLiveApp(run, { store });
    const startAt = new Date(Date.now() + 3_600_000);
    for (const runId of ["a", "b", "c"]) await engine.start("nap", undefined, { runId, startAt });
    isDamaged = true;
    expect(await json("runs", "wake", "--all")).toMatchObject({
      code: 1,
      body: { runs: [{ runId: "c" }, { runId: "a" }], error: { code: "store.damaged" } },
    });
    expect((await shell("runs", "wake", "--all")).stdout).toMatch(/^c .*\na /m);
    const cancelled = await json("runs", "cancel", "--all", "--yes", "--wait");
    expect(cancelled).toMatchObject({
      code: 1,
      body: {
        runs: [
          { runId: "c", status: "cancelled" },
          { runId: "a", status: "cancelled" },
        ],
        error: { code: "store.damaged" },
      },
    });
  });
});

describe("runs", () => {
  test("cancel asks once, waits if wanted, and tells who asked and why", async () => {
    const { json, shell, engine } = await liveApp();
    for (const runId of ["a", "b", "c"]) await engine.start("nap", undefined, { runId });
    const [asked, waited, told] = await Promise.all([
      json("runs", "cancel", "a", "--reason", "rain", "--grace", "5m"),
      json("runs", "cancel", "b", "--wait", "--timeout", "20s", "--by", "bob"),
      shell("runs", "cancel", "c", "--wait", "--reason", "bad \u001b[31mweather"),
    ]);
    expect(asked).toEqual({
      code: 0,
      body: { runId: "a", outcome: "requested", status: expect.any(String) },
    });
    expect((await engine.getRun("a")).cancellation).toMatchObject({
      reason: "rain",
      requestedBy: expect.stringMatching(/./),
    });
    expect(waited).toMatchObject({
      code: 0,
      body: { status: "cancelled", cancellation: { requestedBy: "bob" } },
    });
    expect(told.code).toBe(0);
    expect(told.stdout).toContain("bad \\u001b[31mweather");
    expect(told.stdout + told.stderr).not.toContain("\u001b");
    await engine.result("a").catch(() => {});
    expect(await json("runs", "cancel", "a")).toMatchObject({
      code: 4,
      body: {
        runId: "a",
        outcome: "already-ended",
        status: "cancelled",
        error: { code: "run.ended" },
      },
    });
    expect((await json("runs", "cancel", "nope")).code).toBe(3);
  });

  test("cancel --wait that takes too long says that the request stays", async () => {
    const { json, engine, gateReached } = await liveApp();
    await engine.start("gated", undefined, { runId: "gated" });
    await gateReached;
    const late = await json("runs", "cancel", "gated", "--wait", "--timeout", "50");
    expect(late).toMatchObject({
      code: 5,
      body: {
        runId: "gated",
        outcome: "requested",
        status: "cancelling",
        error: { code: "timeout", message: expect.stringContaining("stays in force") },
      },
    });
  });

  test("cancel --wait of a run that was done before is no success", async () => {
    const { json, engine, until, gateReached, openGate } = await liveApp();
    await engine.start("last", undefined, { runId: "last" });
    await gateReached;
    const cancelling = json("runs", "cancel", "last", "--wait");
    await until("last", "cancelling");
    openGate();
    expect(await cancelling).toMatchObject({
      code: 4,
      body: {
        status: "completed",
        cancellation: { tooLate: true },
        error: { code: "run.ended", message: expect.stringContaining("came too late") },
      },
    });
  });

  test("cancel --wait of a run that is terminated meanwhile tells who stopped it, not that it came too late", async () => {
    const { json, shell, engine, until, gateReached } = await liveApp();
    await engine.start("last", undefined, { runId: "last" });
    await gateReached;
    const cancelling = json("runs", "cancel", "last", "--wait");
    await until("last", "cancelling");
    await engine.terminate("last", { reason: "on fire", requestedBy: "bob" });
    const { code, body } = await cancelling;
    expect(code).toBe(1);
    expect(body).toMatchObject({
      status: "terminated",
      termination: { reason: "on fire", requestedBy: "bob" },
      error: {
        code: "run.terminated",
        message: expect.stringContaining("terminated by bob: on fire"),
      },
    });
    const { stdout } = await shell("runs", "status", "last");
    expect(stdout).not.toContain("too late");
    expect(stdout).toContain("The run was terminated before it was delivered.");
  });

  test("cancel --all needs a yes, and reaches just what fits", async () => {
    const { json, shell, engine } = await liveApp();
    for (const tags of [["a"], ["a"], ["b"]]) await engine.start("nap", undefined, { tags });
    const all = ["runs", "cancel", "--all", "--workflow", "nap", "--tag", "a"];
    const unsure = await json(...all);
    expect(unsure).toMatchObject({
      code: 2,
      body: { error: { message: expect.stringMatching(/^2 runs fit, and nothing was done/) } },
    });
    expect((await engine.listRuns({ status: "cancelling" })).runs).toEqual([]);
    const others = await json(...all, "--workflow-version", "2", "--yes");
    expect(others).toMatchObject({ code: 0, body: { runs: [] } });
    const sure = await json(...all, "--yes", "--wait");
    expect(sure.code).toBe(0);
    expect(sure.body["runs"]).toHaveLength(2);
    expect(sure.body["runs"]).toContainEqual(
      expect.objectContaining({ outcome: "requested", status: "cancelled" }),
    );
    const again = await shell(...all, "--yes");
    expect(again.stdout).toBe("No run fits, so nothing was cancelled.\n");
    expect((await engine.listRuns({ tag: "b" })).runs[0]?.cancellation).toBeUndefined();
  });

  test("cancel --all tells what did not end in time", async () => {
    const { json, engine, gateReached } = await liveApp();
    await engine.start("gated");
    await gateReached;
    await engine.start("nap");
    const late = await json("runs", "cancel", "--all", "--yes", "--wait", "--timeout", "1500ms");
    expect(late.code).toBe(5);
    expect(late.body).toMatchObject({ error: { message: expect.stringMatching(/^1 of 2 runs/) } });
    expect(late.body["runs"]).toContainEqual(expect.objectContaining({ timedOut: true }));
  });

  test("terminate ends a run at once, and only once", async () => {
    const { json, shell, engine } = await liveApp();
    await engine.start("nap", undefined, { runId: "a" });
    await engine.start("nap", undefined, { runId: "b" });
    const first = await json("runs", "terminate", "a", "--reason", "fire", "--by", "bob");
    expect(first).toEqual({
      code: 0,
      body: { runId: "a", outcome: "terminated", status: "terminated" },
    });
    const { stdout } = await shell("runs", "status", "a");
    expect(stdout).toMatch(/^Terminated +\S+ \S+Z by bob$/m);
    expect(stdout).toMatch(/^Reason +fire$/m);
    await json("runs", "terminate", "b");
    expect((await engine.getRun("b")).termination).toMatchObject({
      requestedBy: expect.stringMatching(/./),
    });
    expect(await json("runs", "terminate", "a")).toMatchObject({
      code: 4,
      body: { outcome: "already-ended", status: "terminated", error: { code: "run.ended" } },
    });
    expect((await json("runs", "terminate", "nope")).code).toBe(3);
  });
});
