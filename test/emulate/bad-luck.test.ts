/** What goes wrong around the functions, on the stack as it is deployed. */
import { randomUUID } from "node:crypto";
import { DeleteItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Emulator, startEmulator } from "../../infra/emulator/emulator.ts";
import { Teardown } from "../../infra/emulator/teardown.ts";
import { createLocalClient } from "../../infra/local-client.ts";
import { createLocalQueueClient } from "../../infra/local-queue.ts";
import { FAILED_RUNS, type LogMetric, PROBLEMS } from "../../infra/stack/log-metrics.ts";
import { API_TOKEN } from "../../infra/stack/template.ts";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { entryKey } from "../../src/adapters/dynamodb/keys.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type AnyWorkflow, workflow } from "../../src/index.ts";
import { assertInvariants } from "../../src/testing/index.ts";
import { countsIn } from "../infra/log-filter.ts";
import { silent } from "../silent.ts";
import { until } from "../until.ts";
import { request } from "./api-client.ts";
import { greetingTwice } from "./deployment/errands.ts";
import { buildTestStack, type TestStack } from "./test-stack.ts";

const HASTE = { turnTimeoutMs: 4_000, visibilityTimeoutS: 2, sweepEveryMs: 1_000 };
const teardown = new Teardown();
const printed: string[] = [];
let testStack: TestStack;
let emulator: Emulator;
let dynamodb: DynamoDBClient;
let sqs: SQSClient;

beforeAll(async () => {
  testStack = await buildTestStack(HASTE);
  teardown.add(testStack.remove);
  emulator = await startEmulator({
    ...testStack,
    dynamodbEndpoint: inject("dynamodbEndpoint"),
    output: (line) => printed.push(line),
  });
  teardown.add(() => emulator.stop());
  dynamodb = createLocalClient(emulator.dynamodbEndpoint);
  teardown.add(() => dynamodb.destroy());
  sqs = createLocalQueueClient(emulator.queueServer.endpoint);
  teardown.add(() => sqs.destroy());
}, 60_000);
afterAll(() => teardown.run());

type Run = Record<string, unknown>;

async function start(name: string, input?: unknown): Promise<string> {
  const { status, body } = await request(emulator, "POST", `/workflows/${name}/runs`, { input });
  expect(status, JSON.stringify(body)).toBe(202);
  return String(body["runId"]);
}

async function get(runId: string): Promise<Run> {
  return (await request(emulator, "GET", `/runs/${runId}`)).body;
}

async function ended(runId: string): Promise<Run> {
  const run = await until(async () => {
    const found = await get(runId);
    return found["endedAt"] === undefined ? undefined : found;
  });
  const store = createDynamoStore({ client: dynamodb, tableName: emulator.tableName });
  const head = await store.runs.get(runId, Date.now());
  if (!head) throw new Error(`There is no ${runId}`);
  assertInvariants(await store.log.read(head, { from: 0 }), head);
  return run;
}

async function problem(runId: string): Promise<Run> {
  return Object(await until(async () => (await get(runId))["problem"]));
}

/** @returns the message's id. */
async function send(body: unknown): Promise<string> {
  const QueueUrl = emulator.queues.urls["TurnQueue"];
  const MessageBody = JSON.stringify(body);
  const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  return MessageId ?? "";
}

/** Waits until a function has printed a line with all of this. */
async function hasPrinted(name: string, ...parts: string[]): Promise<void> {
  await until(() =>
    printed.some((line) => line.startsWith(name) && parts.every((part) => line.includes(part))),
  );
}

/** What CloudWatch would count in what the functions have printed. */
function countOf({ pattern }: LogMetric): number {
  return countsIn(printed.map((line) => line.slice(line.indexOf("{"))).join("\n"), pattern);
}

/** How many messages were given up and are still there. */
async function deadLetters(): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: emulator.queues.urls["DeadLetterQueue"],
      AttributeNames: ["All"],
    }),
  );
  return (
    Number(Attributes["ApproximateNumberOfMessages"]) +
    Number(Attributes["ApproximateNumberOfMessagesNotVisible"])
  );
}

/** An engine beside the deployment, whose messages reach nobody. */
function createEngineBeside(workflows: readonly AnyWorkflow[]): Engine {
  const store = createDynamoStore({ client: dynamodb, tableName: emulator.tableName });
  return createEngine({ workflows, store, scheduler: { send: async () => {} }, logger: silent });
}

describe.concurrent("a function of the stack", { timeout: 240_000 }, () => {
  it("keeps the record of a run as long as the settings say", async () => {
    const runId = await start("greeting", "Ada");
    await ended(runId);
    const store = createDynamoStore({ client: dynamodb, tableName: emulator.tableName });
    const { endedAt = 0, expiresAt = 0 } = (await store.runs.get(runId, Date.now())) ?? {};
    expect(expiresAt - endedAt).toBe(2 * 24 * 3_600_000);
  });

  it("that times out in a step hands its message back, and another attempt follows", async () => {
    const { status, output } = await ended(await start("hanging"));
    expect(status).toBe("completed");
    expect(output).toBeGreaterThan(1);
  });

  it("that is killed in a step, its time being up, is followed by another attempt", async () => {
    const { status, output } = await ended(await start("spinning"));
    expect(status).toBe("completed");
    expect(output).toBeGreaterThan(1);
  });

  it("that a step kills every time fails that step after its retries", async () => {
    expect(await ended(await start("crashing"))).toMatchObject({
      status: "completed",
      output: { attempts: 2, cause: "step.lost" },
    });
  });

  it("that a step kills beside others does not keep these from their ends", async () => {
    expect(await ended(await start("crashing-beside"))).toMatchObject({
      status: "completed",
      output: { crashed: "rejected", greetings: "fulfilled" },
    });
  });

  it("is told of a new token by the secret alone", async () => {
    const { url, token, secrets, instances } = emulator;
    const list = async (given: string): Promise<number> =>
      (await fetch(`${url}/runs?limit=1`, { headers: { authorization: `Bearer ${given}` } }))
        .status;
    expect(await list(token)).toBe(200);
    secrets.put(API_TOKEN, `${token},next`);
    await until(async () => (await list("next")) === 200);
    expect(await list(token)).toBe(200);
    expect(await list("guessed")).toBe(401);
    expect(instances().length).toBeGreaterThan(0);
  });

  it("says in one error all that is missing from its environment", async () => {
    const [api] = testStack.stack.functions.filter(({ servesHttp }) => servesHttp);
    if (!api) throw new Error("no api");
    const lines: string[] = [];
    const broken = await startEmulator({
      ...testStack,
      stack: { queues: {}, functions: [{ ...api, environment: { DETENT_QUEUE_URL: "turns" } }] },
      dynamodbEndpoint: emulator.dynamodbEndpoint,
      output: (line) => lines.push(line),
    });
    expect((await fetch(`${broken.url}/runs`)).status).toBe(500);
    await until(() => lines.some((line) => line.includes("Set these variables")));
    await broken.stop();
    const text = lines.join("\n");
    expect(text).toContain("DETENT_TABLE is missing");
    expect(text).toContain("DETENT_QUEUE_URL is no URL");
    expect(text).toContain("DETENT_TOKENS is missing");
  });
});

describe.concurrent("a message", { timeout: 240_000 }, () => {
  it("that is no continuation ends among the dead letters, and others are worked on", async () => {
    const id = await send({ order: 7 });
    expect(await ended(await start("greeting", "Ada"))).toMatchObject({ output: "Hello Ada" });
    await hasPrinted("turn", id, "This message is not a continuation");
    await hasPrinted("deadLetter", id, "This message is not a continuation");
    expect(await deadLetters()).toBeGreaterThan(0);
  });

  it("that fails comes again in seconds, long before its queue would say", async () => {
    const id = await send({ order: 8 });
    const attempts = (): number =>
      printed.filter((line) => line.startsWith("turn") && line.includes(id)).length;
    await until(() => attempts() > 1);
  });

  it("for a run that is not there is done with", async () => {
    const runId = `run-${randomUUID()}`;
    await send({ runId });
    await hasPrinted("turn", runId, "does not exist");
    expect((await request(emulator, "GET", `/runs/${runId}`)).status).toBe(404);
  });

  it("for a run that cannot go on, and one that fails it, are counted", async () => {
    const runId = await start("failing");
    expect(await ended(runId)).toMatchObject({ status: "failed" });
    await until(() => countOf(FAILED_RUNS) > 0);
    const newer = workflow("greeting", async () => "new", { version: "8" });
    const stuck = await createEngineBeside([newer]).start("greeting");
    await send({ runId: stuck.runId });
    await until(() => countOf(PROBLEMS) > 0);
  });

  it("for a version that is not deployed leaves its run as it is, with a problem", async () => {
    const newer = workflow("greeting", async () => "new", { version: "9" });
    const { runId } = await createEngineBeside([newer]).start("greeting");
    await send({ runId });
    expect(await problem(runId)).toMatchObject({ code: "workflow.notFound" });
    expect(await get(runId)).toMatchObject({ status: "pending", version: "9" });
  });

  it("for a run whose log cannot be read leaves it as it is, with a problem", async () => {
    const engine = createEngineBeside([greetingTwice]);
    const { runId } = await engine.start(greetingTwice, "Eve");
    await engine.turn({ runId });
    const store = createDynamoStore({ client: dynamodb, tableName: emulator.tableName });
    const head = await store.runs.get(runId, Date.now());
    if (!head) throw new Error(`There is no ${runId}`);
    const { pk, sk } = entryKey(head, 1);
    const Key = { pk: { S: pk }, sk: { S: sk } };
    await dynamodb.send(new DeleteItemCommand({ TableName: emulator.tableName, Key }));
    await send({ runId });
    expect(await problem(runId)).toMatchObject({ code: "store.damaged" });
    expect(await get(runId)).toMatchObject({ status: "running" });
  });
});

describe("code that loops without a pause", { timeout: 240_000 }, () => {
  it.each(["awaiting", "spinning"])("kills its functions, and its run says so: %s", async (how) => {
    const runId = await start("looping", how);
    expect(await problem(runId)).toMatchObject({ code: "turn.givenUp" });
    expect(await get(runId)).toMatchObject({ status: "pending" });
    const path = `/runs/${runId}/terminate`;
    expect((await request(emulator, "POST", path, {})).status).toBe(202);
    expect(await ended(runId)).toMatchObject({ status: "terminated" });
  });
});

describe("a queue", { timeout: 240_000 }, () => {
  it("that refuses takes no run back: it is accepted, and goes on once messages are taken", async () => {
    const QueueUrl = emulator.queues.urls["TurnQueue"];
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    const runId = `run-${randomUUID()}`;
    const headers = { authorization: `Bearer ${emulator.token}` };
    const body = JSON.stringify({ runId, input: "Eve" });
    const response = await fetch(`${emulator.url}/workflows/greeting/runs`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
    });
    expect(response.status).toBe(202);
    await emulator.createQueues();
    expect(await ended(runId)).toMatchObject({ status: "completed", output: "Hello Eve" });
  });
});
