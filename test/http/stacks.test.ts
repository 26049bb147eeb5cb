/** What callers learn of where a server's files lie. */
import { expect, onTestFinished, test } from "vitest";
import { createLocalScheduler } from "../../src/adapters/local/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { decode } from "../../src/core/value.ts";
import { createEngine } from "../../src/engine/index.ts";
import { type AppOptions, createApp } from "../../src/http/index.ts";
import { step, workflow } from "../../src/index.ts";
import { silent } from "../silent.ts";

const LOSSLESS = "application/vnd.detent+json";

async function declineCard(): Promise<never> {
  throw new AggregateError([new Error("by the bank")], "declined", { cause: new TypeError("pin") });
}

const pay = workflow("pay", async () => {
  await step("charge", declineCard, { retries: 1, backoff: { initial: 1 } })();
});
const keep = workflow("keep", async () => ({
  errors: new Map([["last", new RangeError("far", { cause: new Error("near") })]]),
  mine: { name: "n", message: "m", stack: "of plates" },
}));

async function createPayingApp(options: Partial<AppOptions>) {
  const scheduler = createLocalScheduler();
  const store = createMemoryStore();
  const engine = createEngine({ workflows: [pay, keep], store, scheduler, logger: silent });
  scheduler.start(engine);
  onTestFinished(() => scheduler.stop());
  const app = createApp({ engine, auth: { tokens: ["t"] }, logger: silent, ...options });
  for (const { name } of [pay, keep]) {
    const run = await engine.start(name, undefined, { runId: name });
    await run.result().catch(() => {});
  }
  const get = async (path: string, accept: string) => {
    const response = await app.request(path, { headers: { authorization: "Bearer t", accept } });
    expect(response.status).toBe(200);
    return await response.text();
  };
  const paths = ["/runs", ...["pay", "keep"].flatMap(pathsOf)];
  return { get, paths };
}

const pathsOf = (runId: string) =>
  ["", "/events", "/result"].map((rest) => `/runs/${runId}${rest}`);

test("an app that shows no stacks tells of none, wherever an error stands", async () => {
  const { get, paths } = await createPayingApp({ showStacks: false });
  for (const path of paths) {
    for (const accept of ["application/json", LOSSLESS]) {
      const text = await get(path, accept);
      expect(text).not.toMatch(/\bat .*:\d+/);
      expect(text).not.toContain("declineCard");
    }
  }
  const { error } = JSON.parse(await get("/runs/pay", "application/json"));
  expect(error).toMatchObject({ code: "step.failed", cause: { cause: { name: "TypeError" } } });
  const { output } = decode(JSON.parse(await get("/runs/keep", LOSSLESS))) as { output: object };
  expect(output).toMatchObject({ mine: { stack: "of plates" } });
  expect(Reflect.get(output, "errors").get("last")).toMatchObject({ message: "far" });
});

test("others tell the frames of the user's code", async () => {
  const { get } = await createPayingApp({});
  const { error } = JSON.parse(await get("/runs/pay", "application/json"));
  expect(error.cause.stack).toMatch(
    /AggregateError: declined\n +at .*declineCard.*stacks\.test\.ts/,
  );
  expect(await get("/runs/pay/events", LOSSLESS)).toContain("declineCard");
});
