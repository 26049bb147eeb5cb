/** `detent hooks` against a live app. */
import { expect, test } from "vitest";
import { openLiveApp } from "./live-app.ts";
import { useShell } from "./shell-process.ts";

const run = useShell();

test("a hook is listed with its token, and resumed by it", async () => {
  const { shell, json, engine, start, until } = await openLiveApp(run);
  const runId = await start("asks");
  await until(runId, "suspended");
  const listed = await json("hooks", "list", runId);
  const [open] = listed.body["hooks"] as [{ hook: string; token: string }];
  expect(listed).toMatchObject({ code: 0, body: { hooks: [{ hook: "approval" }] } });
  const plain = await shell("hooks", "list", runId, "-o", "plain");
  expect(plain.stdout).toBe(`approval\t${open.token}\t\n`);
  expect((await shell("hooks", "list", runId)).stdout).toContain("for ever");
  expect((await shell("runs", "status", runId)).stdout).toContain('hook "approval"');

  const refused = await json("hooks", "resume", open.token, "--payload", '{"approved":1}');
  expect(refused).toMatchObject({ code: 2, body: { error: { code: "input.invalid" } } });
  const unreadable = await shell("hooks", "resume", open.token, "--payload", "{");
  expect(unreadable.code).toBe(2);
  expect(unreadable.stderr).toContain("--payload '{\"approved\":true}'");

  const resumed = await shell("hooks", "resume", open.token, "--payload", '{"approved":true}');
  expect(resumed.code).toBe(0);
  expect(resumed.stdout).toContain(`${runId} goes on`);
  expect(await engine.result(runId)).toEqual({ approved: true });
  const late = await json("hooks", "resume", open.token, "--payload", '{"approved":true}');
  expect(late).toMatchObject({ code: 4, body: { error: { code: "run.ended" } } });
  expect((await json("hooks", "resume", "nothing")).code).toBe(3);
  expect((await shell("hooks", "list", runId)).stdout).toContain("waits for no hook");
});
