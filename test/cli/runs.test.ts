/** Reading runs, by processes of the shell against a live app. */
import { describe, expect, test } from "vitest";
import { openLiveApp } from "./live-app.ts";
import { useShell } from "./shell-process.ts";

const run = useShell();
const liveApp = () => openLiveApp(run);

describe("runs", () => {
  test("list filters, limits and goes on where it ended", async () => {
    const { json, shell, engine } = await liveApp();
    for (const tag of ["a", "b", "a", "a"]) {
      await (await engine.start("echo", tag, { tags: [tag] })).result();
    }
    await (await engine.start("nap")).cancel({ reason: "rain", wait: true });
    const list = ["runs", "list"];
    const [page, cancelled, none, table] = await Promise.all([
      json(...list, "--workflow", "echo", "--tag", "a", "--limit", "2"),
      shell(...list, "--status", "cancelled", "-o", "plain"),
      json(...list, "--created-before", "2001-01-01"),
      shell(...list, "--limit", "1"),
    ]);
    expect(page.body["runs"]).toHaveLength(2);
    const rest = await json(
      ...[...list, "--workflow", "echo", "--tag", "a"],
      ...["--cursor", String(page.body["cursor"])],
    );
    expect(rest.body).toEqual({ runs: [expect.objectContaining({ tags: ["a"] })] });
    expect(cancelled.stdout.split("\t").slice(1, 3)).toEqual(["nap", "cancelled"]);
    expect(none).toEqual({ code: 0, body: { runs: [] } });
    expect(table.stdout).toMatch(/^RUN +WORKFLOW +STATUS +CREATED +TOOK +NOTE\nrun_.*\n$/);
    expect(table.stderr).toMatch(/^There are more: add --cursor \S+\n$/);
  });

  test("list is narrowed to a version, and to what has ended or has not", async () => {
    const { json, engine } = await liveApp();
    await (await engine.start("echo", 1, { runId: "done" })).result();
    await engine.start("nap", undefined, { runId: "asleep" });
    const ids = async (...args: string[]): Promise<unknown> => {
      const { body } = await json("runs", "list", ...args);
      return (body["runs"] as { runId: string }[]).map(({ runId }) => runId);
    };
    expect(await ids("--ended")).toEqual(["done"]);
    expect(await ids("--no-ended")).toEqual(["asleep"]);
    expect(await ids()).toEqual(["asleep", "done"]);
    expect(await ids("--workflow-version", "1")).toEqual(["asleep", "done"]);
    expect(await ids("--workflow-version", "2")).toEqual([]);
  });

  test("list takes a duration for how long ago", async () => {
    const { shell, engine } = await liveApp();
    await (await engine.start("echo", 1, { runId: "just-now" })).result();
    const list = (...args: string[]) => shell("runs", "list", "-o", "plain", ...args);
    const [since, before, day] = await Promise.all([
      list("--created-after", "1h 30m"),
      list("--created-before", "1h"),
      list("--created-after", "2001-01-01"),
    ]);
    expect(since.stdout).toMatch(/^just-now\t/);
    expect(before).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(day.stdout).toMatch(/^just-now\t/);
  });

  test("logs shows people the beginning of a long payload, and machines all of it", async () => {
    const { shell, engine } = await liveApp();
    const text = "x".repeat(100_000);
    await (await engine.start("echo", text, { runId: "long" })).result();
    const logs = ["runs", "logs", "long"];
    const [table, plain, json] = await Promise.all([
      shell(...logs),
      shell(...logs, "-o", "plain"),
      shell(...logs, "-o", "json"),
    ]);
    expect(table.stdout.length).toBeLessThan(3_000);
    expect(table.stdout).toMatch(/input x{100,}… \(1000\d\d characters\)/);
    expect(plain.stdout).toContain(text);
    expect(json.stdout).toContain(text);
    const found = await shell(...logs, "--filter", "x".repeat(50_000));
    expect(found.stdout).toContain("workflow.started");
  });

  test("status tells all about a run", async () => {
    const { json, shell, engine, until } = await liveApp();
    await engine.start("nap", undefined, { runId: "napping" });
    await engine.start("nap", { bed: 1 }, { runId: "woken", tags: ["vip"] });
    await until("napping", "suspended");
    await until("woken", "suspended");
    await engine.cancel("woken", { reason: "rain", requestedBy: "alice", wait: true });
    const [asleep, woken, told, plain, missing] = await Promise.all([
      json("runs", "status", "napping"),
      json("runs", "status", "woken"),
      shell("runs", "status", "woken"),
      shell("runs", "status", "woken", "-o", "plain"),
      json("runs", "status", "nope"),
    ]);
    expect(asleep.body).toMatchObject({
      status: "suspended",
      waitingFor: expect.stringMatching(/^a sleep since \S+Z until \S+Z$/),
      waiting: [{ kind: "sleep" }],
    });
    expect(woken.body).toMatchObject({
      input: { bed: 1 },
      cancellation: { reason: "rain", requestedBy: "alice", checkpoint: "sleep" },
      waiting: [],
      cleanUp: [{ step: "make_bed", status: "completed" }],
    });
    expect(woken.body).not.toHaveProperty("waitingFor");
    for (const fact of ["vip", '{"bed":1}', "by alice", "rain", "at sleep", "make_bed completed"]) {
      expect(told.stdout).toContain(fact);
    }
    expect(told.stdout).toMatch(/Clean-up +1 step, finished, took \d/);
    expect(plain.stdout).toContain("cancelReason\train\n");
    expect(missing).toMatchObject({ code: 3, body: { error: { code: "run.notFound" } } });
  });

  test("status says long before that a log grows towards its limit", async () => {
    const { shell, json, engine, until } = await liveApp();
    for (const name of ["nap", "long"] as const)
      await engine.start(name, undefined, { runId: name });
    await Promise.all(["nap", "long"].map((runId) => until(runId, "suspended")));
    expect((await shell("runs", "status", "long")).stdout).toMatch(
      /Log +2 events; at 10 it is stopped, and fails/,
    );
    expect((await shell("runs", "status", "nap")).stdout).not.toContain("events; at");
    expect((await json("runs", "status", "nap")).body).toMatchObject({ eventLimit: 50_000 });
  });

  test("logs prints the events, those with a text in them, or as they come in", async () => {
    const { json, shell, engine, gateReached, openGate } = await liveApp();
    await engine.start("gated", undefined, { runId: "gated" });
    await gateReached;
    const following = shell(
      "runs",
      "logs",
      "gated",
      "--filter",
      "CANCEL",
      "--follow",
      "-o",
      "plain",
    );
    const followed = json("runs", "logs", "gated", "--follow");
    const now = await json("runs", "logs", "gated");
    expect(now.body).toMatchObject({
      runId: "gated",
      events: [{ type: "workflow.started" }, { type: "step.started", step: "wait_at_gate" }],
    });
    await engine.cancel("gated", { reason: "rain" });
    openGate();
    const types = (await following).stdout.split("\n").map((line) => line.split("\t")[2]);
    expect(types).toEqual([
      "cancellation.requested",
      "cancellation.delivered",
      "workflow.cancelled",
      undefined,
    ]);
    const { body } = await followed;
    expect(body["events"]).toHaveLength(6);
    const table = await shell("runs", "logs", "gated", "--filter", "requested");
    expect(table.stdout).toMatch(/^ +2000 +\S+ \S+Z +cancellation.requested +reason rain, /);
    const none = await json("runs", "logs", "gated", "--filter", "nothing like it");
    expect(none).toEqual({ code: 0, body: { runId: "gated", events: [] } });
    expect(await json("runs", "logs", "nope")).toMatchObject({
      code: 3,
      body: { error: { code: "run.notFound" } },
    });
  });
});
