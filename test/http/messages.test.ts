import { describe, expect, test } from "vitest";
import { encode } from "../../src/core/value.ts";
import { LOSSLESS_TYPE } from "../../src/http/protocol/media-types.ts";
import { codeOf, createTestApp } from "./test-app.ts";

describe("a message", () => {
  test("is taken by the run that waits for it", async () => {
    const app = createTestApp();
    const runId = await app.start("hears");
    await app.until(runId, "suspended");
    const path = `/runs/${runId}/messages/words`;
    const sent = await app.send(path, { body: { payload: { text: "hi" }, sentBy: "alice" } });
    expect(sent.status).toBe(202);
    expect(sent.body).toEqual({ runId, duplicate: false });
    expect((await app.until(runId, "completed"))["output"]).toBe("hi");
    const { body } = await app.send(`/runs/${runId}/events`);
    expect(body["events"]).toContainEqual({
      type: "message.received",
      seq: expect.any(Number),
      at: expect.any(String),
      message: 0,
      channel: "words",
      payload: { text: "hi" },
      sentBy: "alice",
    });
  });

  test("that comes again by its id is answered with 200, also when its run has ended", async () => {
    const app = createTestApp();
    const runId = await app.start("hears");
    const path = `/runs/${runId}/messages/words`;
    const body = { payload: { text: "hi" }, messageId: "m 1" };
    expect((await app.send(path, { body })).status).toBe(202);
    await app.until(runId, "completed");
    const again = await app.send(path, { body });
    expect(again.status).toBe(200);
    expect(again.body).toEqual({ runId, duplicate: true });
    const late = await app.send(path, { body: { payload: { text: "hi" } } });
    expect(late.status).toBe(409);
    expect(late.body).toMatchObject({
      runId,
      outcome: "already-ended",
      status: "completed",
      error: { code: "run.ended" },
    });
  });

  test("that is not taken is answered with what is wrong", async () => {
    const app = createTestApp();
    const runId = await app.start("hears");
    const refused = await app.send(`/runs/${runId}/messages/words`, { body: { payload: {} } });
    expect(refused.status).toBe(400);
    expect(refused.body["error"]).toMatchObject({
      code: "input.invalid",
      issues: [{ message: "must be a word", path: ["text"] }],
    });
    for (const [path, status, code] of [
      [`/runs/${runId}/messages/none`, 404, "channel.notFound"],
      ["/runs/none/messages/words", 404, "run.notFound"],
      [`/runs/${await app.start("deaf")}/messages/words`, 429, "channel.full"],
    ] as const) {
      const answer = await app.send(path, { body: { payload: { text: "hi" } } });
      expect([path, answer.status, codeOf(answer)]).toEqual([path, status, code]);
    }
    for (const body of [5, { sentBy: 5 }, { messageId: "" }, { payload: {}, unknown: 1 }]) {
      const answer = await app.send(`/runs/${runId}/messages/words`, { body });
      expect(answer.status).toBe(400);
    }
    expect(
      (await app.app.request(`/runs/${runId}/messages/words`, { method: "POST" })).status,
    ).toBe(401);
  });

  test("comes lossless where it is sent so, to whatever channel", async () => {
    const app = createTestApp();
    const runId = await app.start("hears_anything");
    const payload = new Map([["at", new Date(5)]]);
    const sent = await app.send(`/runs/${runId}/messages/${encodeURIComponent("any news")}`, {
      body: JSON.stringify(encode({ payload }, "it")),
      headers: { "content-type": LOSSLESS_TYPE },
    });
    expect(sent.status).toBe(202);
    expect(await app.engine.result(runId)).toEqual(payload);
  });
});

test("what runs of a workflow can be sent is told with it", async () => {
  const app = createTestApp();
  const { body } = await app.send("/workflows");
  const workflows = body["workflows"] as { name: string; channels: unknown }[];
  const channelsOf = (wanted: string) => workflows.find(({ name }) => name === wanted)?.channels;
  expect(channelsOf("hears")).toEqual([
    { name: "words", schema: expect.objectContaining({ required: ["text"] }) },
  ]);
  expect(channelsOf("hears_anything")).toEqual([{ name: "any news" }]);
  expect(channelsOf("nap")).toEqual([]);
});
