/** What only SQS does; the clauses of the port are in test/conformance. */
import {
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SendMessageBatchResult,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSqsScheduler } from "../../src/adapters/sqs/index.ts";
import { ConfigurationError, SchedulerUnavailableError } from "../../src/core/errors.ts";
import { readContinuation } from "../../src/ports/continuation.ts";
import type { Message } from "../../src/ports/scheduler.ts";
import { openQueue, type QueueRig } from "./sqs-rig.ts";

let rig: QueueRig;
/** The batches that reached the server, or were kept from it. */
let sent: SendMessageBatchRequestEntry[][];
type Answer = Partial<Pick<SendMessageBatchResult, "Successful" | "Failed">>;
/** Answers a batch in the server's place, or lets it through. */
let intercept: (entries: SendMessageBatchRequestEntry[]) => Answer | undefined;

beforeEach(async () => {
  rig = await openQueue();
  sent = [];
  intercept = () => undefined;
  rig.client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== SendMessageBatchCommand.name) return await next(args);
        const { Entries = [] } = args.input as { Entries?: SendMessageBatchRequestEntry[] };
        sent.push(Entries);
        const answer = intercept(Entries);
        if (!answer) return await next(args);
        return { output: { $metadata: {}, ...answer } as never, response: {} };
      },
    { step: "initialize" },
  );
});
afterEach(() => rig.stop());

const messages = (count: number, fields: Partial<Message> = {}): Message[] =>
  Array.from({ length: count }, (_, index) => ({
    continuation: { runId: `run-${index}` },
    ...fields,
  }));

/** Names the message with this id as the one that failed. */
const failing = (Id: string | undefined) => ({
  Failed: [{ Id, SenderFault: false, Code: "InternalError", Message: "try later" }],
});

async function received(): Promise<string[]> {
  const { client, queueUrl } = rig;
  const runIds: string[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 60,
      }),
    );
    if (Messages.length === 0) return runIds.sort();
    runIds.push(...Messages.map(({ Body = "" }) => readContinuation(Body).runId));
  }
}

/** Pauses pass without waiting: nothing here is about how long they are. */
const clock = (() => {
  let now = 0;
  return {
    now: () => now,
    after(delayMs: number, callback: () => void) {
      let cancelled = false;
      const isPause = delayMs <= 2_000;
      if (isPause) {
        setImmediate(() => {
          if (cancelled) return;
          now += delayMs;
          callback();
        });
      }
      return () => {
        cancelled = true;
      };
    },
  };
})();
const create = (timeout = "10s") => createSqsScheduler({ ...rig, timeout, clock, random: () => 1 });

describe("a batch", () => {
  it("has at most 10 messages, in as few requests as possible", async () => {
    await create().send(messages(23));
    expect(sent.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(await received()).toEqual(
      messages(23)
        .map(({ continuation }) => continuation.runId)
        .sort(),
    );
  });

  it("has at most 256 KB", async () => {
    const claim = "x".repeat(100 * 1024);
    await create().send(
      messages(5).map(({ continuation }) => ({ continuation: { ...continuation, claim } })),
    );
    expect(sent.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(await received()).toHaveLength(5);
  });

  it("is not sent when there is nothing to send", async () => {
    await create().send([]);
    expect(sent).toEqual([]);
  });
});

describe("a delay", () => {
  it.each([
    [undefined, 0],
    [0, 0],
    [-5, 0],
    [1, 1],
    [999, 1],
    [1_000, 1],
    [1_001, 2],
    [899_500, 900],
    [900_000, 900],
    [900_001, 900],
    [86_400_000, 900],
  ])("of %s ms is sent as %s s", async (delayMs, seconds) => {
    await create().send(messages(1, delayMs === undefined ? {} : { delayMs }));
    expect(sent.flat().map(({ DelaySeconds }) => DelaySeconds)).toEqual([seconds]);
  });
});

describe("a batch of which some failed", () => {
  it("is sent again with these alone, until all are kept", async () => {
    let refusals = 3;
    intercept = (entries) => {
      if (refusals-- <= 0) return undefined;
      return {
        Successful: entries
          .slice(1)
          .map(({ Id }) => ({ Id, MessageId: "m", MD5OfMessageBody: "x" })),
        ...failing(entries[0]?.Id),
      };
    };
    await create().send(messages(4));
    expect(sent.map((entries) => entries.map(({ Id }) => Id))).toEqual([
      ["0", "1", "2", "3"],
      ["0"],
      ["0"],
      ["0"],
    ]);
    expect(await received()).toEqual(["run-0"]);
  });

  it("counts what SQS does not mention at all as failed", async () => {
    let silence = 1;
    intercept = () => (silence-- > 0 ? {} : undefined);
    await create().send(messages(2));
    expect(sent.map(({ length }) => length)).toEqual([2, 2]);
    expect(await received()).toEqual(["run-0", "run-1"]);
  });

  it("is given up in the end, with what SQS said", async () => {
    intercept = (entries) => failing(entries[0]?.Id);
    const sending = create().send(messages(1));
    await expect(sending).rejects.toThrow(SchedulerUnavailableError);
    await expect(sending).rejects.toThrow("InternalError: try later");
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.length).toBeLessThan(30);
  });
});

describe("a queue", () => {
  it("that answers with a fault for a while gets the messages in the end", async () => {
    let faults = 2;
    intercept = () => {
      if (faults-- <= 0) return undefined;
      throw Object.assign(new Error("We encountered an internal error"), {
        name: "InternalFailure",
        $fault: "server",
        $metadata: { httpStatusCode: 500 },
      });
    };
    await create().send(messages(2));
    expect(await received()).toEqual(["run-0", "run-1"]);
  });

  it("that throttles is asked again", async () => {
    let throttled = 2;
    intercept = () => {
      if (throttled-- <= 0) return undefined;
      throw Object.assign(new Error("Rate exceeded"), {
        name: "RequestThrottled",
        $fault: "client",
        $metadata: { httpStatusCode: 403 },
      });
    };
    await create().send(messages(1));
    expect(await received()).toEqual(["run-0"]);
  });

  it.each(["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "KmsThrottled"])(
    "that answers %s for a while gets the messages in the end",
    async (name) => {
      let answers = 3;
      intercept = () => {
        if (answers-- <= 0) return undefined;
        const $metadata = { httpStatusCode: 403 };
        throw Object.assign(new Error(name), { name, $fault: "client", $metadata });
      };
      await create().send(messages(1));
      expect(await received()).toEqual(["run-0"]);
    },
  );

  it("is asked once its client has credentials, and is not blamed while there are none", async () => {
    let failures = 3;
    const client = new SQSClient({
      endpoint: rig.endpoint,
      region: "local",
      credentials: async () => {
        if (failures-- > 0) {
          const name = "CredentialsProviderError";
          throw Object.assign(new Error("Could not load credentials"), { name });
        }
        return { accessKeyId: "local", secretAccessKey: "local", expiration: new Date() };
      },
    });
    const { queueUrl } = rig;
    await createSqsScheduler({ client, queueUrl, clock }).send(messages(1));
    expect(await received()).toEqual(["run-0"]);
    failures = Number.POSITIVE_INFINITY;
    const sending = createSqsScheduler({ client, queueUrl, clock }).send(messages(1));
    await expect(sending).rejects.toMatchObject({ code: "scheduler.unavailable" });
    await expect(sending).rejects.toThrow("not asked, as the client has no credentials");
    client.destroy();
  });

  it("that cannot be reached is an error that says so, and may be tried again", async () => {
    const client = new SQSClient({
      endpoint: "http://127.0.0.1:1",
      region: "local",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      maxAttempts: 1,
    });
    const scheduler = createSqsScheduler({ client, queueUrl: rig.queueUrl, clock });
    await expect(scheduler.send(messages(1))).rejects.toMatchObject({
      code: "scheduler.unavailable",
    });
  });

  it("that does not exist is an error at once, which says what to check", async () => {
    const scheduler = createSqsScheduler({ ...rig, queueUrl: `${rig.queueUrl}-gone`, clock });
    const sending = scheduler.send(messages(1));
    await expect(sending).rejects.toMatchObject({ code: "scheduler.refused" });
    await expect(sending).rejects.toThrow("sqs:SendMessage");
    expect(sent).toHaveLength(1);
  });

  it.each(["", "https://sqs.eu-central-1.amazonaws.com/1/turns.fifo"])(
    "named %j is refused when the scheduler is made",
    (queueUrl) => {
      expect(() => createSqsScheduler({ ...rig, queueUrl })).toThrow(ConfigurationError);
    },
  );
});
