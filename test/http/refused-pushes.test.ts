/** A run whose continuation nobody takes says so, and goes on when the cause is mended. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { StoreUnavailableError } from "../../src/core/errors.ts";
import { createEngine } from "../../src/engine/index.ts";
import { createApp, createHttpScheduler, type HttpSchedulerOptions } from "../../src/http/index.ts";
import { step, workflow } from "../../src/index.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Store } from "../../src/ports/store.ts";
import { around } from "../engine/watched-store.ts";
import { silent } from "../silent.ts";

const greet = workflow("greet", async (name: string) => {
  return await step("greet", async () => `Hello, ${name}`)();
});

const ADDRESS = "https://app.example.com/api?key=secret-key";
const PATIENTLY = { timeout: 10_000, interval: 5 };

type Options = Partial<HttpSchedulerOptions> & { store?: Store; appSecret?: string | undefined };

function createPushed({ store = createMemoryStore(), appSecret, ...options }: Options) {
  const lines: string[] = [];
  const note = (line: string) => void lines.push(line);
  const logger: Logger = { ...silent, warn: note, error: note, child: () => logger };
  let secret = "s";
  /** What stands there: the app, unless something is in its way. */
  let between: ((request: Request) => Response) | undefined;
  const scheduler = createHttpScheduler({
    ...{ url: ADDRESS, secret, logger },
    fetch: async (request) => {
      if (between) return between(request);
      const app = createApp({
        ...{ engine, auth: { tokens: ["t"] }, logger: silent },
        ...(secret !== "" && { continuationSecret: secret }),
      });
      const path = new URL(request.url).pathname.replace("/api", "");
      const { headers, body } = request;
      return await app.request(path, { method: "POST", headers, body, duplex: "half" } as never);
    },
    ...options,
  });
  const engine = createEngine({ workflows: [greet], store, scheduler, logger });
  onTestFinished(() => scheduler.stop());
  const set = (changed: { appSecret?: string; between?: typeof between }) => {
    if (changed.appSecret !== undefined) secret = changed.appSecret;
    between = changed.between;
  };
  return { engine, lines, set };
}

const answering =
  (status: number, headers: Record<string, string> = {}) =>
  () =>
    new Response(null, { status, headers });

const WAYS: [what: string, Parameters<ReturnType<typeof createPushed>["set"]>[0], said: RegExp][] =
  [
    ["an app with another secret", { appSecret: "other" }, /it answered 401/],
    ["an app that takes none", { appSecret: "" }, /it answered 40[14]/],
    ["nothing at that address", { between: answering(404) }, /it answered 404/],
    [
      "a redirect",
      { between: answering(308, { location: "https://www.example.com/api/continuations?key=a" }) },
      /it answered 308, which sends it on to https:\/\/www\.example\.com\/api\/continuations, and redir/,
    ],
    [
      "a redirect that the platform hides",
      {
        between: () => Object.defineProperty(Response.error(), "type", { value: "opaqueredirect" }),
      },
      /sends it on somewhere else/,
    ],
  ];

describe.each(WAYS)("%s", (_what, way, said) => {
  test("stands on the run's record and in the log, until it is mended", async () => {
    const { engine, lines, set } = createPushed({});
    set(way);
    const run = await engine.start(greet, "Ada");
    const problemOf = async () => (await engine.getRun(run.runId)).problem;
    await vi.waitUntil(async () => (await problemOf()) !== undefined, PATIENTLY);
    const problem = await problemOf();
    expect(problem).toMatchObject({ code: "continuation.refused", tries: 1, at: expect.any(Date) });
    expect(problem?.message).toMatch(said);
    expect(problem?.message).toContain(
      "The app at https://app.example.com/api/continuations refused",
    );
    expect(problem?.message).not.toContain("key=");
    expect(lines.filter((line) => line.startsWith("The app refused"))).toHaveLength(1);
    expect(lines.filter((line) => line.includes("cannot go on"))).toHaveLength(1);
    expect((await engine.getRun(run.runId)).status).toBe("pending");

    set({ appSecret: "s" });
    await engine.cancel(run.runId, { reason: "is taken", wait: true });
    expect(await engine.getRun(run.runId)).toMatchObject({ status: "cancelled" });
  });
});

test("a mended address is used by the next sweep, and the problem goes", async () => {
  const { engine, set } = createPushed({});
  set({ between: answering(404) });
  const run = await engine.start(greet, "Ada");
  await vi.waitUntil(async () => (await engine.getRun(run.runId)).problem, PATIENTLY);
  set({});
  await engine.turn({ runId: run.runId });
  expect(await run.result({ timeout: "10s" })).toBe("Hello, Ada");
  expect(await engine.getRun(run.runId)).not.toHaveProperty("problem");
});

test("a push queue that refuses is told of in the same way", async () => {
  const queue = ({ headers, body }: { headers: Record<string, string>; body: string }) =>
    new Request("https://queue.example.com/publish", { method: "POST", headers, body });
  const { engine, set } = createPushed({ queue });
  set({ between: answering(401) });
  const run = await engine.start(greet, "Ada");
  const { problem } = await engine.getRun(run.runId);
  expect(problem).toMatchObject({ code: "continuation.refused" });
  expect(problem?.message).toContain("The push queue refused a continuation of the run");
});

test("what passes by itself is no problem of the run", async () => {
  const { engine, set } = createPushed({});
  const statuses = [503, 429, 500];
  set({ between: () => new Response(null, { status: statuses.shift() ?? 503 }) });
  const run = await engine.start(greet, "Ada");
  await vi.waitUntil(() => statuses.length === 0, PATIENTLY);
  expect(await engine.getRun(run.runId)).not.toHaveProperty("problem");
  set({});
  expect(await run.result({ timeout: "20s" })).toBe("Hello, Ada");
});

test("if the record cannot be written either, the log says so, and nothing else breaks", async () => {
  let down = false;
  const store = around(createMemoryStore(), async (name, call) => {
    if (down && name === "runs.get") throw new StoreUnavailableError(name, new Error("gone"));
    return await call();
  });
  const { engine, lines, set } = createPushed({ store });
  set({
    between: () => {
      down = true;
      return new Response(null, { status: 404 });
    },
  });
  await engine.start(greet, "Ada");
  await vi.waitUntil(() => lines.some((line) => line.includes("could not be told")), {
    ...PATIENTLY,
    timeout: 60_000,
  });
}, 90_000);
