/** Every command and every exit code, each by a process of the shell against a live app. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { findFreePort } from "../../infra/local-process.ts";
import { listen } from "../http/listen.ts";
import { createTestApp, type TestApp, TOKEN } from "../http/test-app.ts";
import { type Ended, PATIENTLY, projectFolder, useShell } from "./shell-process.ts";

const run = useShell();
const folder = projectFolder("inputs");

interface LiveApp extends TestApp {
  shell(...args: string[]): Promise<Ended>;
  /** With `--output json`; its standard output must be one JSON document. */
  json(...args: string[]): Promise<{ code: number | null; body: Record<string, unknown> }>;
  env: Record<string, string>;
}

async function liveApp(): Promise<LiveApp> {
  const testApp = createTestApp();
  const url = `http://127.0.0.1:${await listen(testApp.app)}`;
  const env = { DETENT_URL: url, DETENT_TOKEN: TOKEN };
  const shell = (...args: string[]) => run(args, { env });
  return {
    ...testApp,
    env,
    shell,
    async json(...args) {
      const { code, stdout } = await shell(...args, "--output", "json");
      return { code, body: JSON.parse(stdout) };
    },
  };
}

describe("workflows", () => {
  test("list names what is registered", async () => {
    const { json, shell } = await liveApp();
    const [listed, plain] = await Promise.all([
      json("workflows", "list"),
      shell("workflows", "list", "-o", "plain"),
    ]);
    expect(listed.code).toBe(0);
    expect(listed.body["workflows"]).toContainEqual(
      expect.objectContaining({ name: "greet", version: "1" }),
    );
    expect(plain.stdout).toContain("greet\t1\n");
  });

  test("run starts a run, from an argument, a file or standard input", async () => {
    const { json, env, engine } = await liveApp();
    const file = join(folder, "input.json");
    writeFileSync(file, '\uFEFF{ "name": "File" }');
    const start = ["workflows", "run", "greet", "--input"];
    const [given, read, piped] = await Promise.all([
      json(...start, '{"name":"Ada"}', "--tag", "a", "--tag", "b", "--key", "k"),
      json(...start, `@${file}`, "--id", "from-file"),
      run([...start, "@-", "--wait", "-o", "plain"], { env, input: '{"name":"Pipe"}' }),
    ]);
    expect(given).toMatchObject({ code: 0, body: { existing: false } });
    expect((await engine.getRun(String(given.body["runId"]))).tags).toEqual(["a", "b"]);
    expect(read).toMatchObject({ code: 0, body: { runId: "from-file" } });
    expect(await engine.result("from-file")).toBe("Hello, File");
    expect(piped.code).toBe(0);
    expect(piped.stdout).toMatch(/^run_\S+\tcompleted\t"Hello, Pipe"\n$/);
  });

  test("run --wait tells how the run ended, and fails unless it completed", async () => {
    const { json, shell } = await liveApp();
    const [done, failed, told] = await Promise.all([
      json("workflows", "run", "echo", "--input", '{"n":[1]}', "--wait"),
      json("workflows", "run", "breaks", "--wait"),
      shell("workflows", "run", "breaks", "--wait"),
    ]);
    expect(done).toMatchObject({ code: 0, body: { status: "completed", output: { n: [1] } } });
    expect(failed).toMatchObject({
      code: 1,
      body: { status: "failed", runId: expect.any(String), error: { code: "step.failed" } },
    });
    expect(told).toMatchObject({ code: 1, stdout: "" });
    expect(told.stderr).toMatch(/error: .*has ended as failed: .*out of paper\nSee what happened/);
  });

  test("run that does not end in time keeps its id", async () => {
    const { json } = await liveApp();
    const late = await json("workflows", "run", "nap", "--wait", "--timeout", "50ms");
    expect(late).toMatchObject({
      code: 5,
      body: { runId: expect.stringMatching(/^run_/), error: { code: "timeout" } },
    });
  });

  test("run of what cannot be started says why", async () => {
    const { json } = await liveApp();
    const start = ["workflows", "run"];
    const [unknown, unfit, broken] = await Promise.all([
      json(...start, "great"),
      json(...start, "greet", "--input", '{"name":5}'),
      json(...start, "greet", "--input", "{name:5}"),
    ]);
    expect(unknown).toMatchObject({ code: 3, body: { error: { code: "workflow.notFound" } } });
    expect(unfit).toMatchObject({
      code: 2,
      body: { error: { code: "input.invalid", issues: [{ path: ["name"] }] } },
    });
    expect(broken).toMatchObject({ code: 2, body: { error: { code: "usage" } } });
  });
});

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
    expect(rest.body).toEqual({ runs: [expect.objectContaining({ input: "a" })] });
    expect(cancelled.stdout.split("\t").slice(1, 3)).toEqual(["nap", "cancelled"]);
    expect(none).toEqual({ code: 0, body: { runs: [] } });
    expect(table.stdout).toMatch(/^RUN +WORKFLOW +STATUS +CREATED +TOOK +NOTE\nrun_.*\n$/);
    expect(table.stderr).toMatch(/^There are more: add --cursor \S+\n$/);
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
    expect(asleep.body).toMatchObject({ status: "suspended", waitingFor: [{ kind: "sleep" }] });
    expect(woken.body).toMatchObject({
      input: { bed: 1 },
      cancellation: { reason: "rain", requestedBy: "alice", checkpoint: "sleep" },
      waitingFor: [],
      cleanUp: [{ step: "make_bed", status: "completed" }],
    });
    for (const fact of ["vip", '{"bed":1}', "by alice", "rain", "at sleep", "make_bed completed"]) {
      expect(told.stdout).toContain(fact);
    }
    expect(told.stdout).toMatch(/Clean-up +1 step, finished, took \d/);
    expect(plain.stdout).toContain("cancelReason\train\n");
    expect(missing).toMatchObject({ code: 3, body: { error: { code: "run.notFound" } } });
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
      body: { status: "completed", cancellation: { tooLate: true }, error: { code: "run.ended" } },
    });
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
    const { json, engine } = await liveApp();
    await engine.start("nap", undefined, { runId: "a" });
    const first = await json("runs", "terminate", "a", "--reason", "fire");
    expect(first).toEqual({
      code: 0,
      body: { runId: "a", outcome: "terminated", status: "terminated" },
    });
    expect(await json("runs", "terminate", "a")).toMatchObject({
      code: 4,
      body: { outcome: "already-ended", status: "terminated", error: { code: "run.ended" } },
    });
    expect((await json("runs", "terminate", "nope")).code).toBe(3);
  });
});

describe("a command that cannot be done", () => {
  test("for want of an app or a token says where that came from", async () => {
    const { env } = await liveApp();
    const url = `http://127.0.0.1:${await findFreePort()}`;
    const [nobody, stranger, wrong] = await Promise.all([
      run(["runs", "list"], { env: { DETENT_URL: url } }),
      run(["runs", "list"], { env: { ...env, DETENT_TOKEN: "" } }),
      run(["runs", "list", "--token", "no"], { env }),
    ]);
    expect(nobody).toMatchObject({ code: 1, stdout: "" });
    expect(nobody.stderr).toMatch(/ECONNREFUSED.*taken from --url or DETENT_URL\.\n$/);
    expect(stranger.code).toBe(1);
    expect(stranger.stderr).toMatch(/A token is needed.*set DETENT_TOKEN\.\n$/);
    expect(wrong.stderr).toMatch(/not accepted.*taken from --token or DETENT_TOKEN\.\n$/);
  });

  test("because something else answers says what", async () => {
    const port = await listen({ fetch: () => new Response("<h1>It works!</h1>") });
    const { code, stderr } = await run(["runs", "list", "--url", `http://127.0.0.1:${port}`]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/not a Detent app: 200 text\/plain, "<h1>It works!<\/h1>"/);
  });
});

describe("a process of the shell", () => {
  test("ends quietly when nobody reads on", async () => {
    const { engine, env } = await liveApp();
    const input = "x".repeat(100_000);
    for (let run = 0; run < 5; run++) await engine.start("echo", input);
    const ended = await run(["runs", "list", "-o", "json"], {
      env,
      meanwhile: ({ stdout }) => stdout?.once("data", () => stdout.destroy()),
    });
    expect(ended).toMatchObject({ code: 0, stderr: "" });
  });

  test("stops following at Ctrl-C, with its document complete", async () => {
    const { engine, env, until } = await liveApp();
    await engine.start("nap", undefined, { runId: "nap" });
    await until("nap", "suspended");
    const { code, stdout } = await run(["runs", "logs", "nap", "--follow", "-o", "json"], {
      env,
      meanwhile: (child) => child.stdout?.once("data", () => child.kill("SIGINT")),
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).events).toHaveLength(2);
  });

  test("that is interrupted while it waits says that the work goes on", async () => {
    const { env, engine } = await liveApp();
    const { code, stdout } = await run(["workflows", "run", "nap", "--wait", "-o", "json"], {
      env,
      meanwhile: (child) => {
        void vi
          .waitUntil(
            async () => (await engine.listRuns()).runs[0]?.status === "suspended",
            PATIENTLY,
          )
          .then(() => child.kill("SIGINT"));
      },
    });
    expect(code).toBe(130);
    expect(JSON.parse(stdout).error.code).toBe("interrupted");
  });

  test("explains itself, and tells its version", async () => {
    const [help, version] = await Promise.all([run(["--help"]), run(["--version"])]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain("Examples:");
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
