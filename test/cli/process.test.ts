/** What only a process has: a connection that fails, signals, and readers that leave. */

import { describe, expect, test, vi } from "vitest";
import { findFreePort } from "../../infra/local-process.ts";
import { listen } from "../http/listen.ts";
import { openLiveApp } from "./live-app.ts";
import { PATIENTLY, useShell } from "./shell-process.ts";

const run = useShell();
const liveApp = () => openLiveApp(run);

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
    expect(nobody.stderr).toMatch(
      /ECONNREFUSED.*of --url, else of DETENT_URL, else of `detent dev`\.\n$/,
    );
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
