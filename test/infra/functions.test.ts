/**
 * The functions as they are deployed, on DynamoDB Local and an SQS-compatible server; and what they
 * ask of both, against what their roles allow.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PurgeQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { type SecretServer, startSecretServer } from "../../infra/emulator/secret-server.ts";
import { type Poller, startPoller } from "../../infra/queue-poller.ts";
import { roles } from "../../infra/stack/permissions.ts";
import type { FunctionKey } from "../../infra/stack/template.ts";
import type { SqsEvent } from "../../src/adapters/lambda/index.ts";
import { openTable } from "../dynamodb/open-table.ts";
import { openQueue, type QueueRig } from "../sqs/sqs-rig.ts";

/** Steps that wait here are let go together. */
const gate = vi.hoisted(() => {
  const waiting: (() => void)[] = [];
  return {
    waiting,
    pass: () => new Promise<void>((resolve) => waiting.push(resolve)),
    open: () => {
      for (const go of waiting.splice(0)) go();
    },
  };
});

vi.mock("../../functions/workflows.ts", async () => {
  const { isCancellation, shield, sleep, step, workflow } = await import("../../src/index.ts");
  const tick = step("tick", async (count: number) => count);
  let failures = 1;
  const flaky = step(
    "flaky",
    async () => {
      if (failures-- > 0) throw new Error("not yet");
    },
    { backoff: { initial: 1, jitter: false } },
  );
  const clean = step("clean", async () => "clean");
  const steps = workflow("steps", async (count: number) => {
    await flaky();
    const one = await tick(1);
    const many = await Promise.all(Array.from({ length: count }, (_, index) => tick(index)));
    await sleep(100);
    return one + many.length;
  });
  const nap = workflow("nap", async () => {
    try {
      await sleep("1h");
    } catch (error) {
      if (isCancellation(error)) await shield(() => clean());
      throw error;
    }
  });
  const hold = step("hold", gate.pass);
  const held = workflow("held", async () => {
    await Promise.all([hold(), hold()]);
  });
  return { workflows: [steps, nap, held] };
});

const A_MINUTE = { getRemainingTimeInMillis: () => 60_000 };
const TOKEN = "a-token";
/** Which function is at work. */
const atWork = new AsyncLocalStorage<FunctionKey>();
/** What each function asked for, as IAM calls it. */
const asked: Record<FunctionKey, Set<string>> = {
  api: new Set(),
  turn: new Set(),
  sweep: new Set(),
  deadLetter: new Set(),
};

let queue: QueueRig;
let secrets: SecretServer;
let handlers: Awaited<ReturnType<typeof importFunctions>>;
let poller: Poller;

async function importFunctions() {
  const [api, turn, sweep, deadLetter] = await Promise.all([
    import("../../functions/api.ts"),
    import("../../functions/turn.ts"),
    import("../../functions/sweep.ts"),
    import("../../functions/dead-letter.ts"),
  ]);
  return {
    api: api.handler,
    turn: turn.handler,
    sweep: sweep.handler,
    deadLetter: deadLetter.handler,
  };
}

beforeAll(async () => {
  queue = await openQueue();
  const { tableName, client } = await openTable();
  client.destroy();
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", inject("dynamodbEndpoint"));
  vi.stubEnv("AWS_ENDPOINT_URL_SQS", queue.endpoint);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  vi.stubEnv("DETENT_TABLE", tableName);
  vi.stubEnv("DETENT_QUEUE_URL", queue.queueUrl);
  secrets = await startSecretServer();
  secrets.put("api-token", TOKEN);
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.endpoint);
  vi.stubEnv("DETENT_TOKEN_SECRET", "api-token");
  vi.stubEnv("DETENT_LOG_LEVEL", "error");
  watch(DynamoDBClient.prototype, actionsOfTable);
  watch(SQSClient.prototype, ({ constructor: { name } }) => [
    `sqs:${name.replace(/(Batch)?Command$/, "")}`,
  ]);
  watch(SecretsManagerClient.prototype, () => ["secretsmanager:GetSecretValue"]);
  handlers = await importFunctions();
  poller = startTurns();
});
afterAll(async () => {
  await poller?.stop();
  await queue?.stop();
  await secrets?.stop();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function startTurns(): Poller {
  return startPoller({
    client: queue.client,
    queueUrl: queue.queueUrl,
    invoke: (event) => atWork.run("turn", () => handlers.turn(event, A_MINUTE)),
  });
}

/** Notes what is asked through a client while a function is at work. */
function watch(
  prototype: { send(...args: never[]): unknown },
  actionsOf: (command: Command) => string[],
): void {
  const send = prototype.send as (...args: unknown[]) => unknown;
  vi.spyOn(prototype, "send").mockImplementation(function (this: unknown, ...args: unknown[]) {
    const key = atWork.getStore();
    if (key) for (const action of actionsOf(args[0] as Command)) asked[key].add(action);
    return send.apply(this, args);
  } as never);
}

interface Command {
  constructor: { name: string };
  input: { IndexName?: string; TransactItems?: object[] };
}

/** IAM asks for the actions of a transaction's parts: `Put` is `PutItem`. */
function actionsOfTable({ constructor: { name }, input }: Command): string[] {
  const { IndexName, TransactItems } = input;
  if (TransactItems)
    return TransactItems.flatMap(Object.keys).map((part) => `dynamodb:${part}Item`);
  const operation = name.replace(/Command$/, "");
  return [`dynamodb:${operation}${IndexName === undefined ? "" : ` on ${IndexName}`}`];
}

async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const [rawPath = "", rawQueryString = ""] = path.split("?");
  const event = {
    version: "2.0",
    rawPath,
    rawQueryString,
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { domainName: "api.example.com", http: { method, path: rawPath } },
  };
  const answer = await atWork.run("api", () => handlers.api(event as never));
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return JSON.parse(answer.body) as Record<string, unknown>;
}

async function start(workflow: string, body: Record<string, unknown> = {}): Promise<string> {
  return String((await call("POST", `/workflows/${workflow}/runs`, body))["runId"]);
}

async function until(runId: string, status: string): Promise<Record<string, unknown>> {
  for (;;) {
    const run = await call("GET", `/runs/${runId}`);
    if (run["status"] === status) return run;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const sweep = () => atWork.run("sweep", () => handlers.sweep());

async function deadLetter(body: unknown): Promise<number> {
  const event: SqsEvent = { Records: [{ messageId: "m", body: JSON.stringify(body) }] };
  const answer = await atWork.run("deadLetter", () => handlers.deadLetter(event, A_MINUTE));
  return answer.batchItemFailures.length;
}

interface Policy {
  PolicyDocument: { Statement: { Action: string[]; Resource: unknown }[] };
}

const ROLES = {
  api: roles["ApiRole"],
  turn: roles["TurnRole"],
  sweep: roles["SweepRole"],
  deadLetter: roles["DeadLetterRole"],
};

/** What a role allows, as `asked` has it. */
function allowedTo(key: FunctionKey): Set<string> {
  const [policy] = (ROLES[key]?.Properties["Policies"] ?? []) as Policy[];
  const statements = policy?.PolicyDocument.Statement ?? [];
  const actions = statements.flatMap(({ Action, Resource }) => {
    const index = /"index","(\w+)"/.exec(JSON.stringify(Resource))?.[1];
    return Action.map((action) => (index === undefined ? action : `${action} on ${index}`));
  });
  return new Set(actions);
}

/** Done by Lambda in the name of the function. */
const BY_THE_PLATFORM = /^logs:|^sqs:(Receive|Delete|GetQueueAttributes)/;

describe("the deployed functions", { timeout: 90_000 }, () => {
  it("take a run with steps one by one, steps at once, a retry and a sleep to its end", async () => {
    const runId = await start("steps", { input: 20, idempotencyKey: "once" });
    expect(await start("steps", { input: 20, idempotencyKey: "once" })).toBe(runId);
    expect(await until(runId, "completed")).toMatchObject({ output: 21 });
    expect((await call("GET", `/runs/${runId}/events`))["events"]).not.toEqual([]);
    expect((await call("GET", "/runs?workflow=steps"))["runs"]).toMatchObject([{ runId }]);
  });

  it("wake a sleeping run that is cancelled, and it cleans up", async () => {
    const runId = await start("nap");
    await until(runId, "suspended");
    await call("POST", `/runs/${runId}/cancel`, { reason: "enough" });
    expect(await until(runId, "cancelled")).toMatchObject({
      cancellation: {
        reason: "enough",
        checkpoint: "sleep",
        cleanup: { steps: 1, finished: true },
      },
    });
  });

  it("cancel a run with steps at once, and terminate one", async () => {
    const runId = await start("steps", { input: 30 });
    await until(runId, "running");
    await call("POST", `/runs/${runId}/cancel`, { wait: true, timeout: "20s" });
    const other = await start("nap");
    await until(other, "suspended");
    await call("POST", `/runs/${other}/terminate`);
    await until(other, "terminated");
  });

  it("sweep what was lost", async () => {
    await poller.stop();
    const runId = await start("nap");
    await queue.client.send(new PurgeQueueCommand({ QueueUrl: queue.queueUrl }));
    expect(await sweep()).toMatchObject({ sent: 1 });
    poller = startTurns();
    await until(runId, "suspended");
  });

  it("look after steps that others execute", async () => {
    const runId = await start("held");
    await vi.waitUntil(() => gate.waiting.length === 2, { timeout: 30_000 });
    const event = { Records: [{ messageId: "m", body: JSON.stringify({ runId }) }] };
    const answer = await atWork.run("turn", () => handlers.turn(event, A_MINUTE));
    expect(answer).toEqual({ batchItemFailures: [] });
    gate.open();
    await until(runId, "completed");
  });

  it("try a dead letter once more, and keep one that is none", async () => {
    const runId = await start("steps", { input: 3 });
    expect(await deadLetter({ runId })).toBe(0);
    expect(await deadLetter({ order: 1 })).toBe(1);
    await until(runId, "completed");
  });

  it("read the token once, whatever is asked of them", () => {
    expect(secrets.reads).toBe(1);
  });

  it("have what failed come again", async () => {
    const MessageBody = JSON.stringify({ order: 1 });
    await queue.client.send(new SendMessageCommand({ QueueUrl: queue.queueUrl, MessageBody }));
    await vi.waitUntil(() => asked.turn.has("sqs:ChangeMessageVisibility"), { timeout: 30_000 });
  });

  it("ask for no more than their roles allow", () => {
    for (const key of ["api", "turn", "sweep", "deadLetter"] as const) {
      const allowed = allowedTo(key);
      expect(
        [...asked[key]].filter((action) => !allowed.has(action)),
        key,
      ).toEqual([]);
    }
  });

  it("have roles that allow nothing they do not ask for", () => {
    for (const key of ["api", "turn", "sweep"] as const) {
      const unused = [...allowedTo(key)].filter((action) => !asked[key].has(action));
      expect(
        unused.filter((action) => !BY_THE_PLATFORM.test(action)),
        key,
      ).toEqual([]);
    }
    // A dead letter that fails stays for the visibility timeout of its queue.
    const ofTurns = [...allowedTo("turn")].filter(
      (action) => !BY_THE_PLATFORM.test(action) && action !== "sqs:ChangeMessageVisibility",
    );
    expect([...allowedTo("deadLetter")]).toEqual(expect.arrayContaining(ofTurns));
  });
});
