import { expect, test } from "vitest";
import { RunNotFoundError } from "../../src/http/client/index.ts";
import { createClientRig } from "./client-rig.ts";

const REQUEST = { reason: "The carrier is down", requestedBy: "alice" };

test("a pause and a resume say what they changed, and when there is nothing to change", async () => {
  const { client, until } = createClientRig();
  const { runId } = await client.start("nap");
  await until(runId, "suspended");
  expect(await client.pause(runId, REQUEST)).toEqual({
    runId,
    outcome: "paused",
    status: "paused",
  });
  expect(await client.getRun(runId)).toMatchObject({ pause: { ...REQUEST, at: expect.any(Date) } });
  expect(await client.pause(runId)).toMatchObject({ outcome: "already-paused" });
  expect(await client.resume(runId)).toEqual({ runId, outcome: "resumed", status: "running" });
  await until(runId, "suspended");
  expect(await client.resume(runId)).toMatchObject({ outcome: "not-paused", status: "suspended" });
  await client.terminate(runId);
  const ended = { runId, outcome: "already-ended", status: "terminated" };
  expect(await client.pause(runId)).toEqual(ended);
  expect(await client.resume(runId)).toEqual(ended);
  await expect(client.pause("nobody")).rejects.toBeInstanceOf(RunNotFoundError);
  await expect(client.resume("nobody")).rejects.toBeInstanceOf(RunNotFoundError);
});

test("all runs that fit are paused and resumed, and no other", async () => {
  const { client, until } = createClientRig();
  const [first, second] = [await client.start("nap"), await client.start("nap")];
  const other = await client.start("nap", undefined, { tags: ["other"] });
  for (const { runId } of [first, second, other]) await until(runId, "suspended");
  await client.pause(other.runId);
  const paused: unknown[] = [];
  for await (const answer of client.pauseAll({ status: "suspended" }, REQUEST)) paused.push(answer);
  expect(paused).toEqual([
    { runId: second.runId, outcome: "paused", status: "paused" },
    { runId: first.runId, outcome: "paused", status: "paused" },
  ]);
  expect(await client.getRun(first.runId)).toMatchObject({ pause: REQUEST });
  const resumed: unknown[] = [];
  for await (const answer of client.resumeAll({ tag: "other" })) resumed.push(answer);
  expect(resumed).toEqual([{ runId: other.runId, outcome: "resumed", status: "running" }]);
  for await (const { outcome } of client.resumeAll({})) expect(outcome).toBe("resumed");
  expect((await client.listRuns({ status: "paused" })).runs).toEqual([]);
});

test("a pause whose answer is lost is asked for again", async () => {
  let lost = false;
  const { client, until } = createClientRig({}, (app) => async (url, init) => {
    const answer = await app(url, init);
    if (lost || !url.endsWith("/pause")) return answer;
    lost = true;
    throw new TypeError("fetch failed");
  });
  const { runId } = await client.start("nap");
  await until(runId, "suspended");
  expect(await client.pause(runId)).toMatchObject({ outcome: "already-paused", status: "paused" });
  expect(lost).toBe(true);
});
