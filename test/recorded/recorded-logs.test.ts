/** Logs that were recorded once are replayed by the code that they were recorded with, whatever replays it. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Entry } from "../../src/core/events.ts";
import { sleep, workflow } from "../../src/index.ts";
import { brokenInvariants } from "../../src/testing/invariants.ts";
import { brokenReplays } from "../../src/testing/replay-invariants.ts";
import { last, poll, votes } from "./poll.ts";

interface Recorded {
  runId: string;
  incarnation: string;
  log: Entry[];
}

async function recorded(name: string): Promise<Recorded> {
  return JSON.parse(await readFile(new URL(`${name}.log.json`, import.meta.url), "utf8"));
}

test("a run that was sent messages", async () => {
  const { log, ...key } = await recorded("poll");
  expect(brokenInvariants(log)).toEqual([]);
  expect(await brokenReplays(poll, key, log)).toEqual([]);
});

test("is no run of other code", async () => {
  const { log, ...key } = await recorded("poll");
  const other = workflow(
    "poll",
    async () => {
      await votes.receive();
      await votes.receive();
      await sleep("1m");
    },
    { channels: [votes, last] },
  );
  expect((await brokenReplays(other, key, log)).join("\n")).toMatch(/^R1: /);
});
