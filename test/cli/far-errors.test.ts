/** What fails in another realm, as Node's own calls do in a Jest test, is told in its own words. */
import { Readable } from "node:stream";
import vm from "node:vm";
import { expect, test } from "vitest";
import { asFailure } from "../../src/cli/failure.ts";
import { readJson } from "../../src/cli/read-json.ts";
import { describeEvent } from "../../src/cli/runs/describe-event.ts";

const far = (message: string): Error =>
  vm.runInNewContext(`new TypeError(${JSON.stringify(message)})`) as Error;

test("a failure of a command says what the error says", () => {
  expect(asFailure(far("no such host"))).toMatchObject({ message: "no such host" });
});

test("an input that cannot be read says why", async () => {
  const stdin = new Readable({ read: () => void stdin.destroy(far("the pipe broke")) });
  const stream = { write: () => {}, isTTY: false, columns: undefined };
  const { signal } = new AbortController();
  const shell = { stdout: stream, stderr: stream, stdin, env: {}, signal };
  const message = expect.stringMatching(/^The input cannot be read: the pipe broke\. /);
  const option = { name: "--input", what: "input", example: "1" };
  await expect(readJson("@-", option, shell)).rejects.toMatchObject({ message });
});

test("an event's error is told by its name and message", () => {
  const event = { seq: 1, type: "step.failed", at: new Date(0), error: far("no card") };
  expect(describeEvent(event as Parameters<typeof describeEvent>[0])).toBe(
    "error TypeError: no card",
  );
});
