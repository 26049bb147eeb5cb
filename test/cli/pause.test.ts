/** Pausing and resuming runs, by processes of the shell against a live app. */
import { describe, expect, test } from "vitest";
import { until } from "../until.ts";
import { openLiveApp } from "./live-app.ts";
import { useShell } from "./shell-process.ts";

const run = useShell();

describe("runs pause and resume", () => {
  test("hold one run back, and tell who asked and why", async () => {
    const { json, shell, engine } = await openLiveApp(run);
    await engine.start("nap", undefined, { runId: "a" });
    await until(async () => (await engine.getRun("a")).status === "suspended");
    expect(await json("runs", "pause", "a", "--reason", "rain", "--by", "bob")).toEqual({
      code: 0,
      body: { runId: "a", outcome: "paused", status: "paused" },
    });
    const [shown, again] = await Promise.all([
      shell("runs", "status", "a"),
      shell("runs", "pause", "a"),
    ]);
    expect(shown.stdout).toMatch(/Status +paused/);
    expect(shown.stdout).toMatch(/Paused .* by bob/);
    expect(shown.stdout).toMatch(/Reason +rain/);
    expect(shown.stdout).toMatch(/Waits for +its resume, as it is paused/);
    expect(again.stdout).toContain("a was paused before");
    expect((await shell("runs", "resume", "a")).stdout).toContain("a goes on.");
    expect(await json("runs", "resume", "a")).toMatchObject({
      code: 0,
      body: { outcome: "not-paused" },
    });
    expect((await shell("runs", "logs", "a")).stdout).toMatch(/run.paused .*rain.*bob/);
    await engine.terminate("a");
    expect(await json("runs", "pause", "a")).toMatchObject({
      code: 4,
      body: { runId: "a", outcome: "already-ended", status: "terminated" },
    });
    expect((await json("runs", "resume", "a")).code).toBe(4);
    expect((await json("runs", "pause", "nope")).code).toBe(3);
  });

  test("hold all back that fit, once that is confirmed", async () => {
    const { json, shell, engine } = await openLiveApp(run);
    for (const runId of ["a", "b"]) await engine.start("nap", undefined, { runId, tags: ["x"] });
    await engine.start("nap", undefined, { runId: "c" });
    await until(async () => (await engine.getRun("c")).status === "suspended");
    const asked = await shell("runs", "pause", "--all", "--tag", "x");
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain("2 runs fit, and nothing was done. Add --yes to pause");
    expect(await json("runs", "pause", "--all", "--tag", "x", "--yes")).toEqual({
      code: 0,
      body: {
        runs: [
          { runId: "b", outcome: "paused", status: "paused" },
          { runId: "a", outcome: "paused", status: "paused" },
        ],
      },
    });
    const wrong = await Promise.all([
      json("runs", "pause"),
      json("runs", "pause", "a", "--tag", "x"),
      json("runs", "pause", "a", "--all"),
      json("runs", "resume", "--all", "--yes", "--status", "failed"),
    ]);
    expect(wrong.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    const resumed = await shell("runs", "resume", "--all", "--yes");
    expect(resumed.stdout).toMatch(/^b .*resumed.*\na .*resumed/m);
    expect(resumed.stdout).not.toMatch(/^c /m);
    const none = await shell("runs", "resume", "--all", "--yes");
    expect(none.stdout).toContain("No run fits, so nothing was resumed.");
  });
});
