/** Queues are read as Lambda reads them. */
import { setTimeout as pause } from "node:timers/promises";
import { GetQueueAttributesCommand, SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type PolledEvent,
  type Poller,
  type PollerOptions,
  startPoller,
} from "../../infra/queue-poller.ts";
import { openQueue, type QueueRig } from "../sqs/sqs-rig.ts";
import { until } from "../until.ts";

let rig: QueueRig;
let poller: Poller | undefined;
beforeEach(async () => {
  rig = await openQueue();
});
afterEach(async () => {
  await poller?.stop();
  poller = undefined;
  await rig.stop();
});

async function send(...bodies: string[]): Promise<void> {
  const Entries = bodies.map((body, index) => ({ Id: `${index}`, MessageBody: body }));
  await rig.client.send(new SendMessageBatchCommand({ QueueUrl: rig.queueUrl, Entries }));
}

/** How many messages are in the queue, hidden ones included. */
async function left(): Promise<number> {
  const { Attributes = {} } = await rig.client.send(
    new GetQueueAttributesCommand({ QueueUrl: rig.queueUrl, AttributeNames: ["All"] }),
  );
  return (
    Number(Attributes["ApproximateNumberOfMessages"]) +
    Number(Attributes["ApproximateNumberOfMessagesNotVisible"])
  );
}

/** @returns the bodies of each batch, as they are delivered. */
function read(
  answer: (event: PolledEvent) => unknown,
  options: Partial<PollerOptions> = {},
): string[][] {
  const batches: string[][] = [];
  poller = startPoller({
    ...rig,
    ...options,
    invoke: async (event) => {
      batches.push(event.Records.map(({ body }) => body));
      return await answer(event);
    },
  });
  return batches;
}

const failing = (...ids: unknown[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

describe("a queue that is read for a function", () => {
  it("gives it no more at once than a batch holds", async () => {
    await send("a", "b", "c", "d", "e");
    const batches = read(() => failing(), { batchSize: 2 });
    await until(async () => (await left()) === 0);
    expect(batches.map(({ length }) => length)).toEqual([2, 2, 1]);
  });

  it("delivers again what failed, after its visibility timeout, and nothing else", async () => {
    await send("a", "b", "c");
    const began = Date.now();
    const failOnce = (event: PolledEvent) => {
      const failed = event.Records.find(
        ({ body, attributes }) => body === "b" && attributes["ApproximateReceiveCount"] === "1",
      );
      return failing(...(failed ? [failed.messageId] : []));
    };
    const batches = read(failOnce);
    await until(async () => (await left()) === 0);
    expect(batches.flat().sort()).toEqual(["a", "b", "b", "c"]);
    expect(Date.now() - began).toBeGreaterThanOrEqual(1_000);
  });

  it.each([
    ["the function throws", () => Promise.reject(new Error("no"))],
    ["its report is no list", () => ({ batchItemFailures: "all" })],
    ["its report names a message it was not given", () => failing("someone-else")],
    ["its report names nothing", () => failing(undefined)],
  ])("delivers the whole batch again when %s", async (_, answer) => {
    await send("a", "b");
    let tries = 0;
    const batches = read(() => (tries++ === 0 ? answer() : failing()));
    await until(async () => (await left()) === 0);
    expect(batches.flat().sort()).toEqual(["a", "a", "b", "b"]);
  });

  it.each([null, undefined, {}, "done"])("takes the answer %j for success", async (answer) => {
    await send("a");
    const batches = read(() => answer);
    await until(async () => (await left()) === 0);
    expect(batches).toEqual([["a"]]);
  });

  it("heeds no report of a function that makes none", async () => {
    await send("a");
    read(({ Records }) => failing(...Records.map(({ messageId }) => messageId)), {
      partialFailures: false,
    });
    await until(async () => (await left()) === 0);
  });

  it("has no more batches under way than it may", async () => {
    await send("a", "b", "c", "d");
    let underWay = 0;
    let most = 0;
    const answer = async () => {
      most = Math.max(most, ++underWay);
      await pause(50);
      underWay -= 1;
    };
    read(answer, { batchSize: 1, concurrency: 2 });
    await until(async () => (await left()) === 0);
    expect(most).toBe(2);
  });

  it("is asked again when it does not answer", async () => {
    rig.setOpen(false);
    const batches = read(() => failing());
    await pause(100);
    rig.setOpen(true);
    await send("a");
    await until(() => batches.length > 0);
  });
});
