/**
 * The stack on this machine: its bundles in processes as Lambda would run them, behind a real HTTP
 * server, a real queue and a real schedule, over DynamoDB Local. What the template says of them
 * (time limits, batches, retries, rates) is read from serverless.yml and infra/stack.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTable } from "../../src/adapters/dynamodb/index.ts";
import { startDynamoLocal } from "../dynamodb-local.ts";
import { createLocalClient } from "../local-client.ts";
import { createLocalQueueClient, LOCAL_REGION } from "../local-queue.ts";
import { type PolledEvent, startPoller } from "../queue-poller.ts";
import { API_TOKEN, TABLE } from "../stack/template.ts";
import { FunctionPool } from "./function-pool.ts";
import { openHttpApi } from "./http-api.ts";
import type { FunctionInstance } from "./instance.ts";
import { type QueueProcess, startQueueProcess } from "./queue-process.ts";
import { startSchedule } from "./schedule.ts";
import { type SecretServer, startSecretServer } from "./secret-server.ts";
import { type FunctionSpec, readStack, type Stack } from "./stack.ts";
import { createQueues, type StackQueues } from "./stack-queues.ts";
import { Teardown } from "./teardown.ts";
import { type Names, resolveValue } from "./template-value.ts";

export type Invoke = (event: PolledEvent) => Promise<unknown>;

export interface EmulatorOptions {
  /** Where the paths of the stack's bundles begin. Default: this project. */
  root?: string;
  /** Default: as serverless.yml and infra/stack have it. Tests make its times shorter. */
  stack?: Stack;
  /** Of the API. Default: a free one. */
  port?: number;
  /** How many instances of one function run at once, if the stack allows more. Default 8. */
  instances?: number;
  /** A DynamoDB Local that runs already. Default: one of its own, in memory. */
  dynamodbEndpoint?: string;
  /** By how much the clock of each new instance is ahead, in milliseconds. Default: not at all. */
  nextSkewMs?(): number;
  /** Stands between the queues and the functions: hands in twice, late or out of order. */
  handIn?(invoke: Invoke): Invoke;
  /** Takes what the functions print, a line at a time, with the function's name before it. */
  output?(line: string): void;
}

export interface Emulator {
  /** Of the API, which lets `token` in. */
  readonly url: string;
  readonly token: string;
  readonly dynamodbEndpoint: string;
  readonly tableName: string;
  readonly queueServer: QueueProcess;
  readonly queues: StackQueues;
  /** Where functions find `token`. */
  readonly secrets: SecretServer;
  /** Makes the queues again after `queueServer` was started again. */
  createQueues(): Promise<void>;
  /** Those that live. */
  instances(): FunctionInstance[];
  /** Calls a function by its name in serverless.yml. @throws FunctionError */
  invoke(name: string, event: unknown): Promise<unknown>;
  /** Ends everything that it started. */
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MOST_INSTANCES = 8;
/** What Lambda takes of a function's variables. */
const LARGEST_ENVIRONMENT = 4096;

/** Expects the bundles to be there. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const teardown = new Teardown();
  try {
    return await start(options, teardown);
  } catch (error) {
    await teardown.run().catch(() => {}); // What went wrong first says more.
    throw error;
  }
}

async function start(options: EmulatorOptions, teardown: Teardown): Promise<Emulator> {
  const { root = ROOT, stack = readStack(root) } = options;
  const api = await openHttpApi(options.port ?? 0);
  teardown.add(() => api.stop());
  const dynamodbEndpoint = options.dynamodbEndpoint ?? (await openDynamo(teardown));
  const tableName = await makeTable(dynamodbEndpoint);
  const queueServer = await startQueueProcess();
  teardown.add(() => queueServer.stop());
  const client = createLocalQueueClient(queueServer.endpoint);
  teardown.add(() => client.destroy());
  const queues = await createQueues(client, stack);

  const token = randomUUID();
  const secrets = await startSecretServer();
  teardown.add(() => secrets.stop());
  secrets.put(API_TOKEN, token);
  const names = {
    refs: { [TABLE]: tableName, [API_TOKEN]: API_TOKEN, ...queues.urls },
    arns: queues.arns,
    secrets: { [API_TOKEN]: token },
  };
  const endpoints = {
    AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint,
    AWS_ENDPOINT_URL_SQS: queueServer.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
  };
  const pools = new Map<string, FunctionPool>();
  for (const spec of stack.functions) {
    const environment = environmentOf(spec, names, endpoints);
    pools.set(spec.name, openPool(spec, environment, { ...options, root }));
  }
  teardown.add(() => Promise.all([...pools.values()].map((pool) => pool.end())));

  for (const spec of stack.functions) {
    const pool = poolOf(pools, spec.name);
    const invoke = (event: unknown): Promise<unknown> => pool.invoke(event);
    if (spec.servesHttp) api.serve(invoke);
    if (spec.everyMs !== undefined) teardown.add(startSchedule(spec.everyMs, invoke));
    if (!spec.source) continue;
    const { queue, ...source } = spec.source;
    const handIn = options.handIn ?? ((each: Invoke) => each);
    const poller = startPoller({
      ...source,
      client,
      queueUrl: queues.urls[queue] ?? "",
      concurrency: pool.most,
      invoke: handIn((event) => invoke(fromQueue(event, queues.arns[queue] ?? ""))),
    });
    // Batches under way end with the functions, so nobody waits here for them.
    teardown.add(() => void poller.stop());
  }

  return {
    url: api.url,
    token,
    dynamodbEndpoint,
    tableName,
    queueServer,
    queues,
    secrets,
    createQueues: async () => void (await createQueues(client, stack)),
    instances: () => [...pools.values()].flatMap(({ instances }) => instances),
    invoke: (name, event) => poolOf(pools, name).invoke(event),
    stop: () => teardown.run(),
  };
}

async function openDynamo(teardown: Teardown): Promise<string> {
  const server = await startDynamoLocal();
  teardown.add(() => server.stop());
  return server.endpoint;
}

async function makeTable(endpoint: string): Promise<string> {
  const client = createLocalClient(endpoint);
  const tableName = `detent-${randomUUID()}`;
  await createTable({ client, tableName });
  client.destroy();
  return tableName;
}

/** What the template gives the function, and what Lambda adds; nothing of this process's own. */
function environmentOf(
  { name, memoryMb, environment }: FunctionSpec,
  names: Names,
  endpoints: Record<string, string>,
): Record<string, string> {
  const given = Object.entries(environment).map(([key, value]): [string, string] => [
    key,
    resolveValue(value, names),
  ]);
  const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(given)));
  if (bytes > LARGEST_ENVIRONMENT) {
    throw new Error(
      `The variables of the function "${name}" take ${bytes} bytes; Lambda takes ${LARGEST_ENVIRONMENT}.`,
    );
  }
  return {
    ...Object.fromEntries(given),
    ...endpoints,
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    // Lambda runs a newer Node than this machine may have.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
}

function openPool(
  { name, file, handler, timeoutMs, memoryMb, concurrency = MOST_INSTANCES }: FunctionSpec,
  environment: Record<string, string>,
  {
    root,
    instances = MOST_INSTANCES,
    nextSkewMs = () => 0,
    output = () => {},
  }: EmulatorOptions & { root: string },
): FunctionPool {
  const most = Math.min(instances, concurrency);
  const bundle = join(root, file);
  return new FunctionPool({
    name,
    bundle,
    handler,
    timeoutMs,
    memoryMb,
    environment,
    most,
    nextSkewMs,
    output,
  });
}

function poolOf(pools: ReadonlyMap<string, FunctionPool>, name: string): FunctionPool {
  const pool = pools.get(name);
  if (pool) return pool;
  throw new Error(`There is no function "${name}", only ${[...pools.keys()].join(", ")}.`);
}

function fromQueue({ Records }: PolledEvent, eventSourceARN: string): unknown {
  const source = { eventSource: "aws:sqs", eventSourceARN, awsRegion: LOCAL_REGION };
  return { Records: Records.map((record) => ({ ...record, ...source })) };
}
