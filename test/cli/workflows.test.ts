/** `detent workflows`, by processes of the shell against a live app. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLiveApp } from "./live-app.ts";
import { projectFolder, useShell } from "./shell-process.ts";

const run = useShell();
const folder = projectFolder("inputs");
const liveApp = () => openLiveApp(run);

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
