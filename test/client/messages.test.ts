import { expect, test } from "vitest";
import {
  ChannelFullError,
  ChannelNotFoundError,
  InvalidInputError,
  RunEndedError,
  RunNotFoundError,
} from "../../src/http/client/index.ts";
import { channel } from "../../src/index.ts";
import { createClientRig } from "./client-rig.ts";

test("a message is any value, on a channel or by its name", async () => {
  const rig = createClientRig();
  const anyNews = channel("any news");
  const payload = new Map([["at", new Date(5)]]);
  for (const to of [anyNews, "any news"] as const) {
    const { runId } = await rig.client.start("hears_anything");
    const sent = await rig.client.send(runId, to as string, payload, { sentBy: "alice" });
    expect(sent).toEqual({ runId, duplicate: false });
    expect(await rig.client.result(runId)).toEqual(payload);
    const { events } = await rig.client.getEvents(runId);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "message.received", payload, sentBy: "alice" }),
    );
  }
});

test("what becomes of a message that is not taken is thrown as the engine throws it", async () => {
  const rig = createClientRig({ retries: 0 });
  const { send, start } = rig.client;
  const { runId } = await start("hears");
  const bad = send(runId, "words", { text: 1 });
  await expect(bad).rejects.toBeInstanceOf(InvalidInputError);
  await expect(bad).rejects.toMatchObject({ issues: [{ path: ["text"] }] });
  await expect(send(runId, "none", 1)).rejects.toBeInstanceOf(ChannelNotFoundError);
  await expect(send(runId, "none", 1)).rejects.toMatchObject({ channel: "none" });
  await expect(send("none", "words", 1)).rejects.toBeInstanceOf(RunNotFoundError);
  const deaf = await start("deaf");
  await expect(send(deaf.runId, "words", { text: "hi" })).rejects.toBeInstanceOf(ChannelFullError);
  await send(runId, "words", { text: "hi" }, { messageId: "1" });
  await rig.until(runId, "completed");
  expect(await send(runId, "words", { text: "hi" }, { messageId: "1" })).toEqual({
    runId,
    duplicate: true,
  });
  await expect(send(runId, "words", { text: "hi" })).rejects.toBeInstanceOf(RunEndedError);
});

test("a message whose answer is lost is sent again, and comes once", async () => {
  let lost = 0;
  const rig = createClientRig({}, (app) => async (url, init) => {
    const answer = await app(url, init);
    if (!url.includes("/messages/") || lost > 0) return answer;
    lost += 1;
    throw new TypeError("the connection is gone");
  });
  const { runId } = await rig.client.start("hears_anything");
  await rig.client.send(runId, "any news", "once");
  expect(lost).toBe(1);
  expect(await rig.client.result(runId)).toBe("once");
  const { events } = await rig.client.getEvents(runId);
  expect(events.filter(({ type }) => type === "message.received")).toHaveLength(1);
});
