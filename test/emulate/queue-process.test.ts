import {
  CreateQueueCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type QueueProcess, startQueueProcess } from "../../infra/emulator/queue-process.ts";
import { createLocalQueueClient } from "../../infra/local-queue.ts";

let server: QueueProcess;
let client: SQSClient;
beforeAll(async () => {
  server = await startQueueProcess();
  client = createLocalQueueClient(server.endpoint);
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

async function openQueue(QueueName: string): Promise<string> {
  const { QueueUrl = "" } = await client.send(new CreateQueueCommand({ QueueName }));
  return QueueUrl;
}

async function receive(QueueUrl: string): Promise<(string | undefined)[]> {
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
  return Messages.map(({ Body }) => Body);
}

describe("the queue server", () => {
  it("is a process of its own, on the loopback interface", () => {
    expect(server.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(server.pid).not.toBe(process.pid);
  });

  it("keeps a delay of 900 seconds, and refuses a longer one as SQS does", async () => {
    const QueueUrl = await openQueue("delays");
    const message = { QueueUrl, MessageBody: "a" };
    const batch = (DelaySeconds: number) =>
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: "0", MessageBody: "a" },
          { Id: "1", MessageBody: "a", DelaySeconds },
        ],
      });
    await client.send(new SendMessageCommand({ ...message, DelaySeconds: 900 }));
    await client.send(batch(900));
    const refused = { name: "InvalidParameterValue", $fault: "client" };
    const tooLong = new SendMessageCommand({ ...message, DelaySeconds: 901 });
    await expect(client.send(tooLong)).rejects.toMatchObject(refused);
    await expect(client.send(batch(901))).rejects.toMatchObject(refused);
  });

  it("keeps its messages while it does not answer", async () => {
    const QueueUrl = await openQueue("kept");
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "a" }));
    await server.setOpen(false);
    await expect(receive(QueueUrl)).rejects.toThrow();
    await server.setOpen(true);
    expect(await receive(QueueUrl)).toEqual(["a"]);
  });

  it("comes back empty at the same address when it was killed", async () => {
    const QueueUrl = await openQueue("lost");
    const { endpoint, pid } = server;
    await server.stop();
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    await server.start();
    expect(server.endpoint).toBe(endpoint);
    expect(server.pid).not.toBe(pid);
    expect((await client.send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
    expect(await openQueue("lost")).toBe(QueueUrl);
    expect(await receive(QueueUrl)).toEqual([]);
  });
});
