/** A user's program: every entry point of the installed package, type-checked and then run. */
import { step, workflow } from "detent";
import { createClient } from "detent/client";
import { storeClauses } from "detent/conformance";
import { createDynamoStore, createTable } from "detent/dynamodb";
import { createEngine } from "detent/engine";
import { createApp, createHttpScheduler } from "detent/http";
import { apiHandler, deadLetterHandler, sweepHandler, turnHandler } from "detent/lambda";
import { createLocalScheduler } from "detent/local";
import { createMemoryStore } from "detent/memory";
import { createSqsScheduler } from "detent/sqs";
import { aroundStore } from "detent/store";
import { createIdGenerator, createTelemetry } from "detent/telemetry";
import { createTestEngine } from "detent/testing";

const double = step("double", async (n: number) => n * 2);
const doubling = workflow("doubling", async (input: { n: number }) => ({
  doubled: await double(input.n),
}));

const scheduler = createLocalScheduler();
const engine = createEngine({
  workflows: [doubling],
  store: createMemoryStore(),
  scheduler,
  observer: createTelemetry(),
});
scheduler.start(engine);
const run = await engine.start(doubling, { n: 21 });
const result: { doubled: number } = await run.result();

const app = createApp({ engine, auth: { tokens: ["secret"] } });
const health = await app.request("/healthz");
const client = createClient<typeof engine>({
  baseUrl: "http://detent.test",
  token: "secret",
  fetch: (url, init) => app.request(url, init),
});
const afar: { doubled: number } = await (await client.start("doubling", { n: 21 })).result();

for (const { clause, run } of storeClauses) {
  if (clause === "S3") await run(createMemoryStore());
}
const watched = aroundStore(createMemoryStore(), ({ make }) => make());
if ((await watched.runs.get("none", 0)) !== undefined) throw new Error("a run that nobody began");

await scheduler.stop();

const handlers = [apiHandler(app), turnHandler(engine), sweepHandler(engine)];
const loaded = [
  createDynamoStore,
  createTable,
  createTestEngine,
  createHttpScheduler,
  createSqsScheduler,
  createIdGenerator,
  deadLetterHandler(engine),
  ...handlers,
].every((entry) => typeof entry === "function");
if (result.doubled !== 42 || afar.doubled !== 42 || health.status !== 200 || !loaded) {
  throw new Error(`The package does not work: ${JSON.stringify({ result, loaded })}`);
}
