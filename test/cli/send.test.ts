/** `detent runs send` against a live app. */
import { expect, test } from "vitest";
import { openLiveApp } from "./live-app.ts";
import { useShell } from "./shell-process.ts";

const run = useShell();

test("a message is sent, once by its id, and refused where it does not fit", async () => {
  const { shell, json, engine, start, until } = await openLiveApp(run);
  const runId = await start("hears");
  await until(runId, "suspended");
  expect((await shell("runs", "status", runId)).stdout).toContain('message on "words"');
  const refused = await json("runs", "send", runId, "words", "--payload", '{"text":1}');
  expect(refused).toMatchObject({ code: 2, body: { error: { code: "input.invalid" } } });
  const unreadable = await shell("runs", "send", runId, "words", "--payload", "{");
  expect(unreadable.code).toBe(2);
  expect(unreadable.stderr).toContain("--payload '{\"approved\":true}'");
  expect((await json("runs", "send", runId, "none")).code).toBe(3);
  expect((await json("runs", "send", "none", "words")).code).toBe(3);

  const message = ["runs", "send", runId, "words", "--payload", '{"text":"hi"}'];
  const once = [...message, "--message-id", "m 1", "--sent-by", "alice"];
  const sent = await shell(...once);
  expect(sent.code).toBe(0);
  expect(sent.stdout).toContain(`Sent to ${runId}`);
  expect(await engine.result(runId)).toBe("hi");
  const again = await shell(...once);
  expect(again.code).toBe(0);
  expect(again.stdout).toContain("came before");
  expect(await json(...once)).toEqual({ code: 0, body: { runId, duplicate: true } });
  expect((await shell(...once, "-o", "plain")).stdout).toBe(`${runId}\ttrue\n`);
  expect(await json(...message)).toMatchObject({ code: 4, body: { error: { code: "run.ended" } } });
  const logs = await shell("runs", "logs", runId);
  expect(logs.stdout).toMatch(/message\.received +words.*sent by alice/);
});
