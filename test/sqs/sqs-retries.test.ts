import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createSqsRetries } from "../../src/adapters/sqs/index.ts";
import { until } from "../until.ts";
import { openQueue, type QueueRig } from "./sqs-rig.ts";

let rig: QueueRig;
let queueUrl: string;
beforeEach(async () => {
  rig = await openQueue();
  queueUrl = await rig.createQueue("slow", { VisibilityTimeout: "600" });
});
afterEach(() => rig.stop());

async function send(count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const MessageBody = String(number);
    await rig.client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
  }
}

async function receive(): Promise<{ body: string; receiptHandle: string }[]> {
  const { Messages = [] } = await rig.client.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
  );
  return Messages.map(({ Body = "", ReceiptHandle = "" }) => ({
    body: Body,
    receiptHandle: ReceiptHandle,
  }));
}

it("have messages come again when they say, not when the queue does", async () => {
  await send(3);
  const retry = createSqsRetries({ client: rig.client, queueUrl });
  const [first, second, third] = await receive();
  if (!first || !second || !third) throw new Error("not received");
  await retry([
    { ...first, afterMs: 0 },
    { ...second, afterMs: 600 },
    { ...third, afterMs: 10 ** 12 },
  ]);
  expect((await receive()).map(({ body }) => body)).toEqual([first.body]);
  const [again] = await until(async () => {
    const found = await receive();
    return found.length > 0 ? found : undefined;
  });
  expect(again?.body).toBe(second.body);
});

it("take more messages than one request does", async () => {
  await send(12);
  const retry = createSqsRetries({ client: rig.client, queueUrl });
  const taken = [...(await receive()), ...(await receive())];
  expect(taken).toHaveLength(12);
  await retry(taken.map((each) => ({ ...each, afterMs: 0 })));
  expect([...(await receive()), ...(await receive())]).toHaveLength(12);
});

it("give up when the queue does not answer in time", async () => {
  await send(1);
  const [message] = await receive();
  if (!message) throw new Error("not received");
  rig.setOpen(false);
  const retry = createSqsRetries({ client: rig.client, queueUrl, timeout: "50ms" });
  await expect(retry([{ ...message, afterMs: 0 }])).rejects.toThrow();
});
