/**
 * What the engine and its adapters log, in a life full of accidents: every line says which run it is
 * about, and none holds anything of a payload.
 */
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { deadLetterHandler, turnHandler } from "../../src/adapters/lambda/index.ts";
import { createLocalScheduler } from "../../src/adapters/local/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import {
  createEngine,
  createLogObserver,
  type Engine,
  type Store,
} from "../../src/engine/index.ts";
import { createApp, createHttpScheduler } from "../../src/http/index.ts";
import {
  FatalError,
  getContext,
  isCancellation,
  shield,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { createGate } from "../engine/gate.ts";
import { powerSwitch } from "../engine/watched-store.ts";
import { createTelemetryRig } from "../telemetry/telemetry-rig.ts";
import { type KeptLines, keepLines } from "./kept-lines.ts";

/** Stands in every input, output, result and error message of these runs. */
const SECRET = "4111-1111-1111-1111";
const A_MINUTE = { getRemainingTimeInMillis: () => 60_000 };

function fails(): never {
  throw Object.assign(new TypeError(`card ${SECRET}`, { cause: new Error(SECRET) }), {
    card: SECRET,
  });
}

/** @returns the messages that were logged, each once. */
function checkLines({ lines, text }: KeptLines): string[] {
  expect(text()).not.toContain(SECRET);
  for (const line of lines()) {
    expect(line).toMatchObject({ time: expect.any(String), level: expect.any(String) });
    if (line["step"] !== undefined) {
      expect(line).toMatchObject({ runId: expect.any(String), workflow: expect.any(String) });
      expect(line).toMatchObject({ attempt: expect.any(Number) });
    }
  }
  return [...new Set(lines().map(({ message }) => message))];
}

describe("nothing of a payload is in the log, nor in spans and metrics", () => {
  it("of runs that complete, fail, are tried again, are cancelled, and have a problem", async () => {
    const kept = keepLines();
    const rig = createTelemetryRig();
    const observer = [createLogObserver(kept.logger), rig.observer];
    const store = createMemoryStore();
    const charge = step("charge", async (card: string) => ({ card }));
    const breaks = step("breaks", async (_: string) => fails(), { retries: 2 });
    const fatal = step("fatal", async () => {
      throw new FatalError(SECRET);
    });
    const odd = step("odd", async () => Promise.reject(SECRET), { retries: 0 });
    const large = step("large", async () => SECRET.repeat(50_000));
    const refund = step("refund", async (card: string) => card);
    const order = workflow(
      "order",
      async (input: { card: string }) => {
        const { card } = await charge(input.card);
        await Promise.all([charge(card), breaks(card).catch((error: unknown) => error)]);
        for (const each of [fatal, odd, large]) await each().catch((error: unknown) => error);
        try {
          await sleep("1h");
        } catch (error) {
          if (isCancellation(error)) await shield(() => refund(card));
          throw error;
        }
        return card === SECRET ? { card } : fails();
      },
      { output: z.object({ card: z.string().check(z.maxLength(3, SECRET)) }) },
    );
    const broken = workflow("broken", async (_: string) => fails());
    const engine = createTestEngine({
      workflows: [order, broken],
      store,
      logger: kept.logger,
      observer,
    });
    const refused = await engine.start(order, { card: SECRET }, { tags: [SECRET] });
    const cancelled = await engine.start(order, { card: SECRET }, { idempotencyKey: SECRET });
    const failed = await engine.start(broken, SECRET);
    await engine.clock.advance("10m");
    await engine.cancel(cancelled.runId, { reason: "enough", requestedBy: "alice" });
    await engine.clock.advance("2h");
    const changed = workflow("order", () => step("other", async () => SECRET)());
    const stuck = await engine.start(order, { card: SECRET });
    await engine.clock.advance("10s");
    const other = createTestEngine({
      workflows: [changed],
      store,
      logger: kept.logger,
      observer,
      now: new Date(engine.clock.now()),
    });
    await other.clock.advance("2h");

    const statuses = await Promise.all(
      [refused, cancelled, failed, stuck].map(async ({ runId }) => {
        const { status, problem } = await engine.getRun(runId);
        return problem?.code ?? status;
      }),
    );
    expect(statuses).toEqual(["failed", "cancelled", "failed", "workflow.nonDeterministic"]);
    expect(JSON.stringify((await engine.getRun(refused.runId)).error)).toContain(SECRET);

    const messages = checkLines(kept);
    expect(messages).toEqual(
      expect.arrayContaining([
        "A run started",
        "A run ended",
        "A cancellation was requested",
        "The cancellation was delivered",
        "A step failed and is tried again",
        "A step ended",
        "An attempt of a step started",
        "An attempt of a step ended",
        expect.stringContaining("cannot go on"),
      ]),
    );
    for (const line of kept.lines()) expect(line["runId"]).toBeTypeOf("string");
    const asked = kept.lines().find(({ message }) => message === "A cancellation was requested");
    expect(asked).toMatchObject({ reason: "enough", requestedBy: "alice" });

    const spans = rig.spans().map(({ name, attributes, events, status }) => {
      return { name, attributes, events, status };
    });
    expect(spans.length).toBeGreaterThan(20);
    expect(JSON.stringify(spans)).not.toContain(SECRET);
    expect(JSON.stringify(await rig.counts())).not.toContain(SECRET);
  });

  it("of an engine whose store fails while a step executes", async () => {
    const kept = keepLines();
    const power = powerSwitch(createMemoryStore());
    const gate = createGate();
    const work = step("work", async (card: string) => {
      await gate.pass();
      await getContext().checkCancellation();
      getContext().logger.info("checked");
      return card;
    });
    const order = workflow("order", (card: string) => work(card));
    const engine = createTestEngine({
      workflows: [order],
      store: power.store,
      logger: kept.logger,
      lease: "3s",
      newsEvery: "1s",
    });
    const { runId } = await engine.start(order, SECRET);
    await engine.settle();
    power.off();
    await engine.clock.advance("2s");
    gate.open();
    await engine.clock.advance("2s");
    power.on();
    await engine.clock.advance("5m");
    expect(await engine.result(runId)).toBe(SECRET);

    const place = { runId, workflow: "order", step: "work", attempt: 1 };
    const error = { name: "StoreUnavailableError", code: "store.unavailable" };
    expect(checkLines(kept)).toEqual([
      "Could not renew the lease of a step",
      "Could not read whether the run was cancelled",
      "checked",
    ]);
    for (const line of kept.lines()) {
      expect(line).toMatchObject(line.level === "warn" ? { ...place, error } : { runId });
    }
    // The first attempt could not be recorded.
    const checked = kept.lines().filter(({ message }) => message === "checked");
    expect(checked).toMatchObject([place, { ...place, attempt: 2 }]);
  });

  it("of an engine whose queue and whose sweep fail", async () => {
    const kept = keepLines();
    let broken = false;
    const engine = createEngine({
      workflows: [
        workflow("order", async (card: string) => {
          await Promise.all([sleep("1m"), step("work", async (text: string) => text)(card)]);
        }),
      ],
      store: createMemoryStore(),
      logger: kept.logger,
      scheduler: {
        async send() {
          if (broken) throw new Error("the queue is full");
        },
      },
    });
    const { runId } = await engine.start("order", SECRET);
    broken = true;
    await engine.turn({ runId }).catch(() => {});
    await engine.start("order", SECRET, { runId: "other" });
    await engine.sweep().catch(() => {});
    await engine.turn({ runId: "nobody" });
    expect(checkLines(kept)).toEqual([
      "Could not follow up on a claim",
      "The queue did not take the message of a run; the next sweep sends it",
      "A run could not be woken; the next sweep tries again",
      "A continuation names a run that does not exist",
    ]);
    const error = { name: "Error", message: "the queue is full" };
    expect(kept.lines()).toMatchObject([
      { runId, workflow: "order", step: "work", attempt: 1, error },
      { runId: "other", error },
      ...kept
        .lines()
        .slice(2, -1)
        .map(() => ({ runId: expect.any(String), error })),
      { runId: "nobody" },
    ]);
  });

  it("of requests and pushes that fail", async () => {
    const kept = keepLines();
    const power = powerSwitch(createMemoryStore());
    const quoting = workflow("quoting", async (_: unknown) => {}, {
      input: {
        "~standard": {
          version: 1,
          vendor: "user",
          validate: (input) => {
            throw new Error(`cannot read ${JSON.stringify(input)}`);
          },
        },
      },
    });
    const { logger } = kept;
    const engine = createEngine({
      workflows: [quoting],
      store: power.store,
      logger,
      scheduler: { send: async () => {} },
    });
    const app = createApp({ engine, auth: false, continuationSecret: "key", logger });
    const post = (body: string) =>
      app.request("/workflows/quoting/runs", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
    expect((await post(`{"input":"${SECRET}"}`)).status).toBe(500);
    expect((await post(`{"input":"${SECRET}`)).status).toBe(400);
    power.off();
    expect((await app.request("/runs/run_1")).status).toBe(503);

    let answer: number | "app" = "app";
    const scheduler = createHttpScheduler({
      url: "http://app.example",
      secret: "key",
      logger,
      random: () => 0,
      fetch: async (request) => {
        if (answer !== "app") return new Response(null, { status: answer });
        answer = 403;
        return await app.request(request);
      },
    });
    await scheduler.send([{ continuation: { runId: "run_1", task: 3 } }]);
    await expect.poll(() => kept.lines().length).toBe(5);
    await scheduler.stop();

    checkLines(kept);
    const error = { name: "StoreUnavailableError", code: "store.unavailable" };
    expect(kept.lines()).toMatchObject([
      {
        message: "A request failed",
        code: "server.failed",
        error: { name: "Error", stack: expect.stringContaining("payloads.test.ts") },
      },
      { message: "A request failed", path: "/runs/run_1", runId: "run_1", error },
      { message: "A request failed", path: "/continuations", runId: "run_1", error },
      { message: "A turn failed and is delivered again", runId: "run_1", task: 3 },
      { message: expect.stringContaining("refused a continuation"), runId: "run_1", task: 3 },
    ]);
  });

  it("of messages that cannot be worked on", async () => {
    const kept = keepLines();
    const { logger } = kept;
    const power = powerSwitch(createMemoryStore());
    const engine = createEngine({
      workflows: [],
      store: power.store,
      logger,
      scheduler: { send: async () => {} },
    });
    power.off();
    const record = (body: string) => ({ Records: [{ messageId: "m", body }] });
    await turnHandler(engine, { logger })(record(`{"card":"${SECRET}"`), A_MINUTE);
    await turnHandler(engine, { logger })(record('{"runId":"run_1"}'), A_MINUTE);
    await deadLetterHandler(engine, { logger })(record('{"runId":"run_1"}'), A_MINUTE);
    const scheduler = createLocalScheduler({ logger });
    scheduler.start(unreachable(engine, power));
    await expect.poll(() => kept.lines().length).toBe(5);
    await scheduler.stop();

    checkLines(kept);
    const failed = "A message was not worked on and comes again";
    const error = { name: "StoreUnavailableError" };
    expect(kept.lines()).toMatchObject([
      { message: failed, messageId: "m", code: "input.invalid" },
      { message: failed, runId: "run_1", code: "store.unavailable", error },
      { message: "A problem could not be recorded on its run", runId: "run_1", error },
      { message: failed, runId: "run_1", code: "store.unavailable", error },
      { message: "A sweep failed; the next one tries again", error },
    ]);
  });
});

/** An engine behind a switch that is off, which lets through what a sweep asks first. */
function unreachable({ turn }: Pick<Engine, "turn">, { store }: { store: Store }) {
  return { turn, sweep: () => store.runs.get("run_1", 0) };
}
