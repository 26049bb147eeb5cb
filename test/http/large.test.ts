/** No answer is larger than what Lambda passes on, and nothing is too large to be shown. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { apiHandler } from "../../src/adapters/lambda/index.ts";
import { createLocalScheduler } from "../../src/adapters/local/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { decode, sizeOf } from "../../src/core/value.ts";
import { createEngine } from "../../src/engine/index.ts";
import { createClient } from "../../src/http/client/index.ts";
import { createApp } from "../../src/http/index.ts";
import { step, workflow } from "../../src/index.ts";
import { silent } from "../silent.ts";

vi.setConfig({ testTimeout: 120_000 });

const LAMBDA_LIMIT = 6_291_556;
const LOSSLESS = "application/vnd.detent+json";

/** Values near the most that is kept, which take far more, or far less, in other forms. */
const LARGE: [what: string, value: unknown][] = [
  ["text", "x".repeat(380_000)],
  ["quotes", '"'.repeat(190_000)],
  ["backslashes", "\\".repeat(190_000)],
  ["controls", "\u0001".repeat(60_000)],
  ["umlauts", "ü".repeat(190_000)],
  ["numbers", Array.from({ length: 32_000 }, (_, index) => index)],
  ["small bytes", new Int8Array(280_000).fill(-128)],
  ["fractions", new Float64Array(35_000).fill(-1 / 3)],
  ["large integers", new BigInt64Array(35_000).fill(-(2n ** 63n))],
  ["a text again and again", Array.from({ length: 180_000 }, () => "y".repeat(63))],
  ["an object again and again", new Array(120_000).fill({ a: "z".repeat(63) })],
];

const values = new Map(LARGE);
const echo = workflow("echo", async (input: unknown) => input);
const steps = workflow("steps", async ({ what, count }: { what: string; count: number }) => {
  for (let made = 0; made < count; made += 1) await step("make", async () => values.get(what))();
});

function createLambda() {
  const scheduler = createLocalScheduler();
  const engine = createEngine({
    workflows: [echo, steps],
    store: createMemoryStore(),
    scheduler,
    logger: silent,
  });
  scheduler.start(engine);
  onTestFinished(() => scheduler.stop());
  const handler = apiHandler(createApp({ engine, auth: { tokens: ["t"] }, logger: silent }));
  let largest = 0;
  const get = async (path: string, accept = "application/json") => {
    const [rawPath, rawQueryString = ""] = path.split("?");
    const http = { method: "GET", path: rawPath };
    const answer = await handler({
      ...{ version: "2.0", rawPath, rawQueryString, body: null, isBase64Encoded: false },
      headers: { authorization: "Bearer t", accept },
      requestContext: { domainName: "detent.example.com", http },
    } as never);
    expect(answer.statusCode).toBe(200);
    largest = Math.max(largest, Buffer.byteLength(JSON.stringify(answer)));
    return answer.body;
  };
  const client = createClient({
    baseUrl: "https://detent.example.com",
    token: "t",
    fetch: async (url) => {
      const { pathname, search } = new URL(url);
      const body = await get(pathname + search, LOSSLESS);
      return new Response(body, { headers: { "content-type": LOSSLESS } });
    },
  });
  return { engine, get, client, largest: () => largest };
}

/** Every event, page by page. */
async function eventsOf(get: (path: string) => Promise<string>, runId: string) {
  const events: { seq: number; type: string; result?: unknown }[] = [];
  for (let pages = 1; ; pages += 1) {
    const after = events.at(-1)?.seq;
    const body = await get(`/runs/${runId}/events${after === undefined ? "" : `?after=${after}`}`);
    const page = JSON.parse(body);
    events.push(...page.events);
    if (page.more !== true) return { events, pages };
    expect(page.events.length).toBeGreaterThan(0);
  }
}

describe.each(LARGE)("%s", (what, value) => {
  test("is shown in the record, or cut and marked so; the lossless form has it whole", async () => {
    const { engine, get, client, largest } = createLambda();
    const run = await engine.start(echo, value, { runId: "a" });
    await run.result();
    const record = JSON.parse(await get("/runs/a"));
    const shown = JSON.stringify(record.input).length;
    if (record.input?.truncated === true) {
      expect(record.input).toEqual({ truncated: true, bytes: expect.any(Number) });
      expect(record.input.bytes).toBeGreaterThan(100_000);
    } else expect(shown).toBeGreaterThan(150_000);
    expect(record.output).toEqual(record.input);
    const whole = await client.getRun("a");
    expect(whole.input).toEqual(value);
    expect(whole.output).toEqual(value);
    expect(await client.result("a")).toEqual(value);
    await get("/runs/a/result");
    expect(largest()).toBeLessThan(LAMBDA_LIMIT);
  });

  test("is told in the log, in pages", async () => {
    const { engine, get, client, largest } = createLambda();
    const run = await engine.start(steps, { what, count: 5 }, { runId: "a" });
    await run.result();
    const { events, pages } = await eventsOf(get, "a");
    const results = events.filter(({ type }) => type === "step.completed");
    expect(results).toHaveLength(5);
    const [first] = results;
    for (const { result } of results) expect(result).toEqual(first?.result);
    expect(events.at(-1)?.type).toBe("workflow.completed");
    if (what === "text") expect(pages).toBe(3);
    const followed: unknown[] = [];
    for await (const event of client.followEvents("a")) followed.push(event);
    expect(followed).toHaveLength(events.length);
    const { events: [last] = [] } = await client.getEvents("a", { after: results.at(-2)?.seq });
    expect(last).toBeDefined();
    expect(largest()).toBeLessThan(LAMBDA_LIMIT);
  });
});

test("lists carry no inputs and outputs", async () => {
  const { engine, get, largest } = createLambda();
  const input = "x".repeat(220_000);
  await Promise.all(Array.from({ length: 30 }, () => engine.start(echo, input)));
  for (const accept of ["application/json", LOSSLESS]) await get("/runs?limit=1000", accept);
  expect(largest()).toBeLessThan(20_000);
});

test("a page of the log ends at its count, or at 1 MB", async () => {
  const { engine, get } = createLambda();
  const run = await engine.start(steps, { what: "text", count: 20 }, { runId: "a" });
  await run.result();
  const first = JSON.parse(await get("/runs/a/events"));
  expect(first.more).toBe(true);
  expect(JSON.stringify(first).length).toBeLessThan(1024 * 1024);
  expect(first.events.at(-1)).toMatchObject({ type: "step.started" });
  const one = JSON.parse(await get("/runs/a/events?limit=1"));
  expect(one).toMatchObject({ events: [{ type: "workflow.started" }], more: true });
  const { events } = await eventsOf(get, "a");
  const last = JSON.parse(await get(`/runs/a/events?after=${events.at(-2)?.seq}&limit=1`));
  expect(last).toEqual({ events: [events.at(-1)], generation: 1 });
  const none = JSON.parse(await get(`/runs/a/events?after=${events.at(-1)?.seq}`));
  expect(none).toEqual({ events: [], generation: 1 });
});

test("nothing stands for something in another run, event or field", async () => {
  const { engine, get } = createLambda();
  // Of each alone a million of its values may be repeated; of all together they could not.
  const part = { text: "y".repeat(100), list: Array.from({ length: 1000 }, (_, at) => at) };
  const input = new Array(150).fill(part);
  values.set("parts", input);
  await (await engine.start(echo, input, { runId: "a" })).result();
  await (await engine.start(steps, { what: "parts", count: 8 }, { runId: "b" })).result();
  expect(JSON.parse(await get("/runs/a"))).toMatchObject({ input, output: input });
  const { events } = await eventsOf(get, "b");
  const results = events.filter(({ type }) => type === "step.completed");
  expect(results.map(({ result }) => result)).toEqual(new Array(8).fill(input));

  const reason = "r".repeat(1000);
  for (let made = 0; made < 5; made += 1) {
    const { runId } = await engine.start(echo, made, { startAt: new Date(Date.now() + 1e6) });
    await engine.cancel(runId, { reason });
  }
  const { runs } = JSON.parse(await get("/runs?status=cancelled"));
  for (const { cancellation } of runs) expect(cancellation.reason).toBe(reason);
});

test("what is cut is as large as what is kept of it", async () => {
  const { engine, get } = createLambda();
  await (await engine.start(echo, values.get("small bytes"), { runId: "a" })).result();
  const lossless = JSON.parse(await get("/runs/a", LOSSLESS));
  const { input } = decode(lossless) as { input: unknown };
  const { input: shown } = JSON.parse(await get("/runs/a"));
  expect(shown.bytes).toBeLessThan(sizeOf(lossless));
  expect(shown.bytes).toBeGreaterThan((input as Int8Array).byteLength);
});
